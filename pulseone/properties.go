package pulseone

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// ListGlobalProperties returns the properties of the customer's domain.
//
// GET /api/properties
//
// Document: Console API - Properties, Get Global Properties.
func (s *PoliciesService) ListGlobalProperties(ctx context.Context) ([]DomainProperty, error) {
	list, err := rest.Do[[]DomainProperty](ctx, s.rest, rest.GET("/api/properties").MayBeBareList().BringsSecrets())
	if err != nil {
		return nil, err
	}
	return *list, nil
}

// ListProperties returns the properties of a policy group, by the id that the document also gives its policy.
//
// GET /api/policies/{policy_group_id}/properties
//
// Document: Console API - Properties, Get Policy Properties.
func (s *PoliciesService) ListProperties(ctx context.Context, policyGroupID int64) (*PolicyProperties, error) {
	op := rest.GET("/api/policies/{policy_group_id}/properties", numericID(policyGroupID))
	return rest.Do[PolicyProperties](ctx, s.rest, op.BringsSecrets())
}

// ChoicesAppliances is what stands in [PropertyChoices] for all registered appliances.
const ChoicesAppliances = "SAs"

// PropertyChoices are what the value of a property can be: a list, which the server may send as one text where there is
// a single entry.
type PropertyChoices []string

// UnmarshalJSON reads a list or a text.
func (c *PropertyChoices) UnmarshalJSON(data []byte) error { return secureaccess.Unmarshal(data, c) }

// UnmarshalJSONFrom does what UnmarshalJSON does, for encoding/json/v2.
func (c *PropertyChoices) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	if dec.PeekKind() != '"' {
		return jsonv2.UnmarshalDecode(dec, (*[]string)(c))
	}
	var one string
	if err := jsonv2.UnmarshalDecode(dec, &one); err != nil {
		return err
	}
	*c = PropertyChoices{one}
	return nil
}

// DomainProperty is a setting of the customer's domain. The value of a sensitive one is not printed or logged.
type DomainProperty struct {
	ID          int64             `json:"id"`
	Name        string            `json:"name"`
	DisplayName string            `json:"display_name,omitzero"`
	Label       string            `json:"label,omitzero"`
	Group       string            `json:"group,omitzero"` // that it is shown in
	PropType    PropertyType      `json:"prop_type,omitzero"`
	Value       json.RawMessage   `json:"value,omitzero"` // a number, a truth value or text
	MinValue    *int64            `json:"min_value,omitzero"`
	MaxValue    *int64            `json:"max_value,omitzero"`
	Choices     PropertyChoices   `json:"choices,omitzero"` // what the value can be
	ReadOnly    bool              `json:"read_only"`        // cannot be edited, by its name
	Sensitive   bool              `json:"sensitive"`
	CreatedOn   secureaccess.Time `json:"created_on,omitzero"`
	ModifiedOn  secureaccess.Time `json:"modified_on,omitzero"`
}

// Format prints the name and the value, "[redacted]" for a sensitive one, whatever the verb.
func (p DomainProperty) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, propertyText(p.Name, p.Value, p.Sensitive))
}

// LogValue is what a log shows: what Format prints.
func (p DomainProperty) LogValue() slog.Value {
	return slog.StringValue(propertyText(p.Name, p.Value, p.Sensitive))
}

// PropertyType is what the value of a property is.
type PropertyType string

// Values of PropertyType. The document speaks of "date" too, without listing it.
const (
	PropertyTypeBool      PropertyType = "bool"
	PropertyTypeChoice    PropertyType = "choice" // one of the choices
	PropertyTypeInt       PropertyType = "int"
	PropertyTypeInteger   PropertyType = "integer" // the same as int
	PropertyTypeIPAddress PropertyType = "ipaddr"
	PropertyTypeMultiText PropertyType = "multi-text" // text of several lines
	PropertyTypeString    PropertyType = "string"
	PropertyTypeDate      PropertyType = "date"
)

// PolicyProperties are the properties of policy groups.
type PolicyProperties struct {
	Properties []PolicyProperty `json:"properties"`
	Policies   []PolicyGroup    `json:"policies,omitzero"` // whose they are
}

// PolicyProperty is a setting of a policy group. The value of a sensitive one is not printed or logged.
type PolicyProperty struct {
	ID            int64             `json:"id"`
	PolicyGroupID int64             `json:"policy_group_id"`
	PolicyName    string            `json:"policy_name"`
	Name          string            `json:"name"`
	DisplayName   string            `json:"display_name,omitzero"`
	Label         string            `json:"label"`
	Group         string            `json:"group"` // that it is shown in
	PropType      PropertyType      `json:"prop_type"`
	Platform      PropertyPlatform  `json:"platform,omitzero"`
	Value         json.RawMessage   `json:"value,omitzero"`
	MinValue      *int64            `json:"min_value,omitzero"`
	MaxValue      *int64            `json:"max_value,omitzero"`
	Choices       PropertyChoices   `json:"choices,omitzero"` // what the value can be
	Sensitive     bool              `json:"sensitive,omitzero"`
	Hidden        bool              `json:"hidden,omitzero"`
	CreatedOn     secureaccess.Time `json:"created_on"`
	ModifiedOn    secureaccess.Time `json:"modified_on"`
}

// Format prints the name and the value, "[redacted]" for a sensitive one, whatever the verb.
func (p PolicyProperty) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, propertyText(p.Name, p.Value, p.Sensitive))
}

// LogValue is what a log shows: what Format prints.
func (p PolicyProperty) LogValue() slog.Value {
	return slog.StringValue(propertyText(p.Name, p.Value, p.Sensitive))
}

// PropertyPlatform is what devices a property is for.
type PropertyPlatform string

// Values of PropertyPlatform.
const (
	PropertyPlatformAll     PropertyPlatform = "all" // the server's default
	PropertyPlatformAndroid PropertyPlatform = "android"
	PropertyPlatformIOS     PropertyPlatform = "ios"
)

// PolicyGroup names a policy group.
type PolicyGroup struct {
	PolicyGroupID int64  `json:"policy_group_id" alias:"id"`
	Name          string `json:"name,omitzero"`
}

func propertyText(name string, value json.RawMessage, sensitive bool) string {
	if sensitive {
		value = json.RawMessage(secureaccess.NewSecret("value").String())
	}
	return name + "=" + string(value)
}
