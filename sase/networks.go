package sase

import (
	"context"
	"encoding/json"
	"iter"

	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// NetworksService reads networks and their health.
type NetworksService struct{ rest *rest.Client }

// List returns all networks with their regions and instances. The service does not page them.
//
// GET /v1/networks
//
// Document: Networks.
func (s *NetworksService) List(ctx context.Context) ([]Network, error) {
	list, err := rest.Do[networkList](ctx, s.rest, rest.GET("/v1/networks").MayBeBareList())
	if err != nil {
		return nil, err
	}
	return list.Data, nil
}

// Health returns the state of a network's parts. In spite of its path the operation says nothing else of the network.
//
// GET /v1/networks/{id}
//
// Document: Networks.
func (s *NetworksService) Health(ctx context.Context, id string) (*NetworkHealth, error) {
	return rest.Do[NetworkHealth](ctx, s.rest, rest.GET("/v1/networks/{id}", id))
}

// Reports iterates over all networks, each with the state of its gateways: one request for the list, then one for each
// network as it is reached. Where the health of one cannot be read, its report comes with the error and with its
// gateways unknown, and the iteration goes on to the next.
//
//	for report, err := range client.Networks.Reports(ctx) {
//		if err != nil {
//			log.Print(report.Network.Name, ": ", err)
//		}
//		for _, gateway := range report.Down() {
//			log.Printf("%s: %s in %s is down", report.Network.Name, gateway.InstanceID, gateway.Region)
//		}
//	}
//
// GET /v1/networks
// GET /v1/networks/{id}
func (s *NetworksService) Reports(ctx context.Context) iter.Seq2[NetworkReport, error] {
	return func(yield func(NetworkReport, error) bool) {
		networks, err := s.List(ctx)
		if err != nil {
			yield(NetworkReport{}, err)
			return
		}
		for _, network := range networks {
			health, err := s.Health(ctx, network.ID)
			if err != nil {
				health = &NetworkHealth{}
			}
			if !yield(newReport(network, health), err) || ctx.Err() != nil {
				return
			}
		}
	}
}

// networkList is read in the documented form and as the bare array that later versions send.
type networkList struct {
	Data []Network `json:"data"`
}

// Network is a network of the account.
type Network struct {
	ID        string          `json:"id"`
	Name      string          `json:"name"`
	IsDefault bool            `json:"isDefault"`
	GeoPoint  GeoPoint        `json:"geoPoint"`
	Regions   []NetworkRegion `json:"regions"`
}

// NetworkRegion is a part of a network at one place.
type NetworkRegion struct {
	ID        string            `json:"id"`
	Name      string            `json:"name"`
	GeoPoint  GeoPoint          `json:"geoPoint"`
	Provider  NetworkProvider   `json:"provider"`
	Instances []NetworkInstance `json:"instances"`
}

// NetworkInstance is a gateway of a region.
type NetworkInstance struct {
	ID      string  `json:"id"`
	Tunnels Tunnels `json:"tunnels"`
}

// Tunnels is documented as one text in spite of its name. Anything else that the service sends is kept as its JSON.
type Tunnels string

// UnmarshalJSON reads a text, or keeps what is there.
func (t *Tunnels) UnmarshalJSON(data []byte) error {
	*t = Tunnels(text(data))
	return nil
}

// NetworkProvider says who runs a region, and where.
type NetworkProvider struct {
	Region        string `json:"region"` // the provider's name of it
	ContinentCode string `json:"continentCode"`
	CountryCode   string `json:"countryCode"`
}

// GeoPoint is a position in degrees.
type GeoPoint struct {
	Type      string  `json:"__type"` // internal to the service
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
}

// NetworkHealth is the state of a network's parts.
type NetworkHealth struct {
	Health []NetworkStatus `json:"health"`
}

// NetworkStatus is the state of one part of a network.
type NetworkStatus struct {
	Type   NetworkStatusType `json:"type"`
	Meta   NetworkMeta       `json:"meta"`
	Status NetworkState      `json:"status"`
}

// NetworkState is the state of one part of a network: true or false in the document, a word from some networks.
type NetworkState string

// Values of NetworkState.
const (
	NetworkStatePassing  NetworkState = "passing"
	NetworkStateCritical NetworkState = "critical"
	NetworkStateUnknown  NetworkState = "unknown"
)

// UnmarshalJSON reads a word, and true and false as passing and critical.
func (s *NetworkState) UnmarshalJSON(data []byte) error {
	switch said := text(data); said {
	case "true", "active", "up":
		*s = NetworkStatePassing
	case "false", "inactive", "down":
		*s = NetworkStateCritical
	default:
		*s = NetworkState(said)
	}
	return nil
}

// MarshalJSON writes the documented form: true and false for passing and critical, the word for any other state.
func (s NetworkState) MarshalJSON() ([]byte, error) {
	switch s {
	case NetworkStatePassing:
		return []byte("true"), nil
	case NetworkStateCritical:
		return []byte("false"), nil
	}
	return json.Marshal(string(s))
}

// Up reports whether the part is active.
func (s NetworkState) Up() bool { return s == NetworkStatePassing }

// NetworkStatusType is a kind of part.
type NetworkStatusType string

// NetworkStatusTypeGateway is the only documented kind.
const NetworkStatusTypeGateway NetworkStatusType = "gateway"

// NetworkMeta says which part a status is of.
type NetworkMeta struct {
	NetworkID  string `json:"networkId"`
	InstanceID string `json:"instanceId"`
}

// NetworkReport is a network with the state of its gateways.
type NetworkReport struct {
	Network  Network
	Gateways []Gateway // in the order of the network's regions, then those that no region lists
}

// Down returns the gateways that are down.
func (r NetworkReport) Down() []Gateway {
	var down []Gateway
	for _, g := range r.Gateways {
		if g.State == GatewayStateDown {
			down = append(down, g)
		}
	}
	return down
}

// Gateway is a gateway and its state.
type Gateway struct {
	InstanceID string
	Region     string // name; "" where no region of the network lists the instance
	State      GatewayState
}

// GatewayState is the state of a gateway.
type GatewayState string

// Values of GatewayState.
const (
	GatewayStateUp      GatewayState = "up"
	GatewayStateDown    GatewayState = "down"
	GatewayStateUnknown GatewayState = "unknown" // the network has it, its health does not mention it
)

// newReport joins a network with its health. An instance that is mentioned twice is up if both say so.
func newReport(network Network, health *NetworkHealth) NetworkReport {
	report := NetworkReport{Network: network}
	states := map[string]GatewayState{}
	var order []string
	for _, status := range health.Health {
		if status.Type != NetworkStatusTypeGateway {
			continue
		}
		id := status.Meta.InstanceID
		if _, known := states[id]; !known {
			order = append(order, id)
			states[id] = GatewayStateUp
		}
		if !status.Status.Up() {
			states[id] = GatewayStateDown
		}
	}
	listed := map[string]bool{}
	for _, region := range network.Regions {
		for _, instance := range region.Instances {
			state, ok := states[instance.ID]
			if !ok {
				state = GatewayStateUnknown
			}
			listed[instance.ID] = true
			report.Gateways = append(report.Gateways, Gateway{instance.ID, region.Name, state})
		}
	}
	for _, id := range order {
		if !listed[id] {
			report.Gateways = append(report.Gateways, Gateway{InstanceID: id, State: states[id]})
		}
	}
	return report
}
