package icstest

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/ics"
	"github.com/secureaccess-go/secureaccess/internal/fake"
)

type joinable struct {
	password string
	status   ics.ClusterInfo
}

// SetCluster puts the appliance into a cluster, or out of any with nil.
func (s *Server) SetCluster(status *ics.ClusterInfo) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cluster = nil
	if status != nil {
		c := copyOf(*status)
		s.cluster = &c
	}
}

// Cluster returns the state of the cluster that the appliance is in, nil outside any.
func (s *Server) Cluster() *ics.ClusterInfo {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cluster == nil {
		return nil
	}
	c := copyOf(*s.cluster)
	return &c
}

// AddJoinableCluster makes a cluster of other appliances known, which this one can join.
func (s *Server) AddJoinableCluster(status ics.ClusterInfo, password string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.joinable[status.Name] = joinable{password, copyOf(status)}
}

const notInCluster = "This node is not part of a cluster"

func (s *Server) clusterStatus(w http.ResponseWriter, _ *http.Request, _ fake.Params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cluster == nil {
		refuse(w, http.StatusNotFound, notInCluster)
		return
	}
	fake.JSON(w, http.StatusOK, s.cluster)
}

func (s *Server) changeCluster(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	var body struct {
		Action        string              `json:"action"`
		Name          string              `json:"cluster-name"`
		Password      secureaccess.Secret `json:"cluster-password"`
		MemberName    string              `json:"member-name"`
		MemberAddress string              `json:"member-address"`
	}
	if !decode(w, r, &body) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	self := ics.ClusterMember{
		Name: body.MemberName, Enabled: true, Notes: "Leader", StatusCode: "0x19004",
		InternalIP: "192.0.2.10", InternalNetmask: "255.255.255.0",
	}
	switch {
	case body.Action == "vip-failover":
		s.failOver(w)
	case s.cluster != nil:
		refuse(w, http.StatusUnprocessableEntity, "This node is already part of a cluster")
	case body.Action == "create":
		s.cluster = &ics.ClusterInfo{Name: body.Name, Mode: ics.ClusterModeActiveActive, Members: []ics.ClusterMember{self}}
		inform(w, http.StatusOK, fmt.Sprintf("Created cluster '%s' successfully", body.Name))
	default:
		found, ok := s.joinable[body.Name]
		if !ok || !same(found.password, body.Password.Reveal()) {
			refuse(w, http.StatusUnprocessableEntity, fmt.Sprintf("Joining cluster '%s' failed", body.Name))
			return
		}
		status := copyOf(found.status)
		self.Name, self.Notes = s.information.System.HostName, "Enabled"
		status.Members = append(status.Members, self)
		s.cluster = &status
		inform(w, http.StatusOK, fmt.Sprintf("Joined cluster '%s' successfully", body.Name))
	}
}

// failOver moves the virtual addresses to the next member. The lock is held.
func (s *Server) failOver(w http.ResponseWriter) {
	if s.cluster == nil || s.cluster.Mode != ics.ClusterModeActivePassive || len(s.cluster.Members) < 2 {
		inform(w, http.StatusOK, "Node not part of an Active-Passive cluster. Invalid operation.")
		return
	}
	c := s.cluster
	owner := slices.IndexFunc(c.Members, func(m ics.ClusterMember) bool { return m.Name == c.InternalVIPOwner })
	next := c.Members[(owner+1)%len(c.Members)].Name
	c.InternalVIPOwner = next
	if c.ExternalVIP != "" {
		c.ExternalVIPOwner = next
	}
	inform(w, http.StatusOK, "VIP fail-over initiated")
}

func (s *Server) addMember(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	var body ics.ClusterMemberCreate
	if !decode(w, r, &body) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.cluster == nil:
		refuse(w, http.StatusUnprocessableEntity, notInCluster)
	case s.member(body.Name) >= 0:
		refuse(w, http.StatusUnprocessableEntity, fmt.Sprintf("Member '%s' already exists", body.Name))
	default:
		s.cluster.Members = append(s.cluster.Members, ics.ClusterMember{
			Name: body.Name, Enabled: true, InternalIP: body.IP, InternalNetmask: body.Netmask,
			ExternalIP: body.ExternalIP, ExternalNetmask: body.ExternalNetmask,
			Notes: "Enabled, Unreachable", StatusCode: "0x18",
		})
		inform(w, http.StatusOK, fmt.Sprintf("Added member '%s' to cluster successfully", body.Name))
	}
}

func (s *Server) removeMember(w http.ResponseWriter, _ *http.Request, p fake.Params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.member(p["member_name"])
	if i < 0 {
		refuse(w, http.StatusNotFound, fmt.Sprintf("Member '%s' does not exist", p["member_name"]))
		return
	}
	s.cluster.Members = slices.Delete(s.cluster.Members, i, i+1)
	inform(w, http.StatusOK, fmt.Sprintf("Removed member '%s' from cluster successfully", p["member_name"]))
}

// member returns the place of a member, -1 if there is none. The lock is held.
func (s *Server) member(name string) int {
	if s.cluster == nil {
		return -1
	}
	return slices.IndexFunc(s.cluster.Members, func(m ics.ClusterMember) bool { return m.Name == name })
}
