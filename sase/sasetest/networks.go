package sasetest

import (
	"net/http"
	"slices"

	"github.com/secureaccess-go/secureaccess/internal/fake"
	"github.com/secureaccess-go/secureaccess/sase"
)

// AddNetwork adds a network with its regions and instances, all of them up, and returns it with ids for those that had
// none.
func (s *Server) AddNetwork(network sase.Network) sase.Network {
	s.mu.Lock()
	defer s.mu.Unlock()
	network = copyNetwork(network)
	if network.ID == "" {
		network.ID = s.newID("network-")
	}
	for i := range network.Regions {
		region := &network.Regions[i]
		if region.ID == "" {
			region.ID = s.newID("region-")
		}
		for j := range region.Instances {
			if region.Instances[j].ID == "" {
				region.Instances[j].ID = s.newID("instance-")
			}
		}
	}
	s.networks = append(s.networks, network)
	return copyNetwork(network)
}

// Networks returns the networks, oldest first.
func (s *Server) Networks() []sase.Network {
	s.mu.Lock()
	defer s.mu.Unlock()
	networks := make([]sase.Network, len(s.networks))
	for i, n := range s.networks {
		networks[i] = copyNetwork(n)
	}
	return networks
}

// copyNetwork returns a network that shares no list with n, and has none that is null on the wire.
func copyNetwork(n sase.Network) sase.Network {
	n.Regions = append([]sase.NetworkRegion{}, n.Regions...)
	for i := range n.Regions {
		n.Regions[i].Instances = append([]sase.NetworkInstance{}, n.Regions[i].Instances...)
	}
	return n
}

// FailGateway makes a gateway, named by the id of its instance, go down.
func (s *Server) FailGateway(instanceID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down[instanceID] = true
}

// RestoreGateway makes a gateway come up again.
func (s *Server) RestoreGateway(instanceID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.down, instanceID)
}

func (s *Server) listNetworks(w http.ResponseWriter, _ *http.Request, _ fake.Params) {
	fake.JSON(w, http.StatusOK, map[string]any{"data": s.Networks()})
}

func (s *Server) getHealth(w http.ResponseWriter, _ *http.Request, p fake.Params) {
	s.mu.Lock()
	i := slices.IndexFunc(s.networks, func(n sase.Network) bool { return n.ID == p["id"] })
	if i < 0 {
		s.mu.Unlock()
		s.refuse(w, http.StatusNotFound, "", "no such network")
		return
	}
	health := sase.NetworkHealth{Health: []sase.NetworkStatus{}}
	for _, region := range s.networks[i].Regions {
		for _, instance := range region.Instances {
			health.Health = append(health.Health, sase.NetworkStatus{
				Type:   sase.NetworkStatusTypeGateway,
				Meta:   sase.NetworkMeta{NetworkID: p["id"], InstanceID: instance.ID},
				Status: stateOf(!s.down[instance.ID]),
			})
		}
	}
	s.mu.Unlock()
	fake.JSON(w, http.StatusOK, health)
}

func stateOf(up bool) sase.NetworkState {
	if up {
		return sase.NetworkStatePassing
	}
	return sase.NetworkStateCritical
}
