package workspace

import (
	"bytes"

	"github.com/secureaccess-go/secureaccess"
)

// VPNOnDemand says when a device opens its VPN by itself.
type VPNOnDemand struct {
	Enabled bool              `json:"enabled"`
	Items   []VPNOnDemandRule `json:"items"`
}

// VPNOnDemandRule is one rule; they apply in the order of Seq.
type VPNOnDemandRule struct {
	ID          string            `json:"id"`
	Name        string            `json:"name"`
	Seq         int64             `json:"seq"`
	Description string            `json:"description"`
	Criteria    VPNCriteria       `json:"criteria"`
	Action      VPNOnDemandAction `json:"action"`
}

// VPNCriteria are what has to match. They are read from a list, and from one object that stands for a list of one.
type VPNCriteria []VPNCriterion

// UnmarshalJSON reads a list, one object, or null.
func (c *VPNCriteria) UnmarshalJSON(data []byte) error {
	if bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")) {
		*c = make(VPNCriteria, 1)
		return secureaccess.Unmarshal(data, &(*c)[0])
	}
	return secureaccess.Unmarshal(data, (*[]VPNCriterion)(c))
}

// VPNCriterion is one thing that has to match.
type VPNCriterion struct {
	Type  VPNCriterionType `json:"criteria_type"`
	Value []string         `json:"value"` // domains or addresses
}

// VPNCriterionType is what a criterion looks at.
type VPNCriterionType string

// Values of VPNCriterionType.
const (
	VPNCriterionTypeDNSDomainMatch        VPNCriterionType = "DNSDomainMatch"
	VPNCriterionTypeDNSServerAddressMatch VPNCriterionType = "DNSServerAddressMatch"
)

// VPNOnDemandAction is what happens on a match.
type VPNOnDemandAction struct {
	Value      string              `json:"value"` // "EvaluateConnection", ...
	Parameters VPNActionParameters `json:"action_parameters"`
}

// VPNActionParameters are the details of an action.
type VPNActionParameters struct {
	Domains            []string `json:"domains"`
	DomainAction       string   `json:"domain_action"` // "ConnectIfNeeded", ...
	RequiredDNSServers []string `json:"required_dns_servers"`
	RequiredURLProbe   string   `json:"required_url_probe"`
}
