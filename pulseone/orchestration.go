package pulseone

import (
	"bytes"
	"context"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/json"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// OrchestrationService configures how Pulse One deploys virtual appliances on vSphere and AWS. The appliances themselves
// are created and started by [AppliancesService]. Document: Orchestration Config API.
type OrchestrationService struct{ rest *rest.Client }

// Get returns the orchestration configuration of an appliance. Passwords are not in it.
//
// GET /api/v1/sa/{appliance_id}/orchestration
//
// Document: Get Orchestration Config.
func (s *OrchestrationService) Get(ctx context.Context, applianceID string) (*OrchestrationConfig, error) {
	return rest.Do[OrchestrationConfig](ctx, s.rest, rest.GET("/api/v1/sa/{appliance_id}/orchestration", applianceID).BringsSecrets())
}

// Create gives an appliance an orchestration configuration. The result has the id of the deployment configuration,
// which updates of it name.
//
// POST /api/v1/sa/{appliance_id}/orchestration
//
// Document: Create Orchestration Config.
func (s *OrchestrationService) Create(ctx context.Context, applianceID string, body OrchestrationConfigCreate) (*OrchestrationConfig, error) {
	op := rest.POST("/api/v1/sa/{appliance_id}/orchestration", applianceID).JSON(body)
	return rest.Do[OrchestrationConfig](ctx, s.rest, op.BringsSecrets())
}

// Update changes what the body names of an orchestration configuration, and leaves the rest as it is. A deployment
// configuration is named by its id, which [OrchestrationService.Get] returns.
//
// PUT /api/v1/sa/{appliance_id}/orchestration
//
// Document: Update Orchestration Config.
func (s *OrchestrationService) Update(ctx context.Context, applianceID string, body OrchestrationConfigUpdate) error {
	op := rest.PUT("/api/v1/sa/{appliance_id}/orchestration", applianceID).JSON(body)
	if body.DeploymentConfig != nil {
		op.Require("deployment_config.id", body.DeploymentConfig.ID)
	}
	return send(ctx, s.rest, op)
}

// InitConfig returns the text that a virtual appliance is deployed with on vSphere: pairs of name and value, between
// semicolons, "None" where there is no value. All of it is secret: it has the administrator's password, and an address
// with a token that gives access to the appliance's configuration.
//
// GET /api/v1/sa/{appliance_id}/orchestration/init-config
//
// An appliance that is not orchestrated is [secureaccess.ErrNotFound]. Document: Download Appliance Configuration.
func (s *OrchestrationService) InitConfig(ctx context.Context, applianceID string) (secureaccess.Secret, error) {
	op := rest.GET("/api/v1/sa/{appliance_id}/orchestration/init-config", applianceID).Accept("text/plain, */*").BringsSecrets()
	text, err := rest.Text(ctx, s.rest, op.Only(200).RefusedIf(noText))
	if err != nil {
		return secureaccess.Secret{}, err
	}
	return secureaccess.NewSecret(string(text)), nil
}

// noText recognizes what comes in place of a text: nothing, a page, or JSON.
func noText(body []byte) bool {
	body = bytes.TrimSpace(body)
	return len(body) == 0 || json.IsHTML(body) || json.KindOf(body) == '{'
}

// OrchestrationConfig is how an appliance is deployed.
type OrchestrationConfig struct {
	ApplianceID      string                         `json:"appliance_id,omitzero"`
	ID               string                         `json:"id,omitzero"`                 // in results of Get alone, with the value that Create has as ServiceAccountID; read only
	ServiceAccountID string                         `json:"service_account_id,omitzero"` // missing in results of Get
	ApplianceConfig  *OrchestrationApplianceConfig  `json:"appliance_config,omitzero"`
	DeploymentConfig *OrchestrationDeploymentConfig `json:"deployment_config,omitzero"`
}

// OrchestrationApplianceConfig holds the settings that an appliance is deployed with.
type OrchestrationApplianceConfig struct {
	AdminUsername     string              `json:"admin_username,omitzero"`
	AdminPassword     secureaccess.Secret `json:"admin_password,omitzero"` // is sent; the server does not show it
	InternalFQDN      string              `json:"internal_fqdn,omitzero"`
	ExternalFQDN      string              `json:"external_fqdn,omitzero"`
	AuthCode          secureaccess.Secret `json:"auth_code,omitzero"` // fetches the license
	CompanyName       string              `json:"company_name,omitzero"`
	PrimaryDNS        string              `json:"primary_dns,omitzero"`
	SecondaryDNS      string              `json:"secondary_dns,omitzero"`
	PrivateDomainName string              `json:"private_domain_name,omitzero"`
	PublicDomainName  string              `json:"public_domain_name,omitzero"`
	InstanceType      string              `json:"instance_type,omitzero"` // need not be set

	// An account for access by REST, which the server makes.
	SecondaryAdminUsername string              `json:"secondary_admin_username,omitzero"`
	SecondaryAdminPassword secureaccess.Secret `json:"secondary_admin_password,omitzero"`

	// For vSphere.
	InternalIPAddress   string `json:"internal_ip_address,omitzero"`
	InternalSubnet      string `json:"internal_subnet,omitzero"`
	InternalGateway     string `json:"internal_gateway,omitzero"`
	InternalVLAN        string `json:"internal_vlan,omitzero"`
	ExternalIPAddress   string `json:"external_ip_address,omitzero"`
	ExternalSubnet      string `json:"external_subnet,omitzero"`
	ExternalGateway     string `json:"external_gateway,omitzero"`
	ExternalVLAN        string `json:"external_vlan,omitzero"`
	ManagementIPAddress string `json:"management_ip_address,omitzero"`
	ManagementSubnet    string `json:"management_subnet,omitzero"`
	ManagementGateway   string `json:"management_gateway,omitzero"`
	ManagementVLAN      string `json:"management_vlan,omitzero"`

	// For AWS; both are needed with a management subnet.
	ManagementFQDN       string `json:"management_fqdn,omitzero"`
	ManagementDomainName string `json:"management_domain_name,omitzero"`
}

// OrchestrationDeploymentConfig holds the settings of the platform that an appliance is deployed on, of which there is
// one.
type OrchestrationDeploymentConfig struct {
	ID            string                      `json:"id,omitzero"` // made by the server; left empty in Create
	AWSConfig     *OrchestrationAWSConfig     `json:"aws_config,omitzero"`
	VSphereConfig *OrchestrationVSphereConfig `json:"vsphere_config,omitzero"`
}

// OrchestrationAWSConfig is where in AWS an appliance is deployed.
type OrchestrationAWSConfig struct {
	AMI                string `json:"ami,omitzero"` // the machine image
	Region             string `json:"region,omitzero"`
	VPCID              string `json:"vpc_id,omitzero"`
	PublicSubnetID     string `json:"public_subnet_id,omitzero"`
	PrivateSubnetID    string `json:"private_subnet_id,omitzero"`
	ManagementSubnetID string `json:"managment_subnet_id,omitzero" alias:"management_subnet_id"` // the vendor's spelling; see ManagementFQDN
	DeploymentKeyName  string `json:"deployment_key_name,omitzero"`
}

// OrchestrationVSphereConfig is where in vSphere an appliance is deployed.
type OrchestrationVSphereConfig struct {
	DatacenterName              string `json:"datacenter_name,omitzero"`
	DatastoreName               string `json:"datastore_name,omitzero"`
	ResourcePoolName            string `json:"resource_pool_name,omitzero"`
	InternalNetworkName         string `json:"internal_network_name,omitzero"`
	ExternalNetworkName         string `json:"external_network_name,omitzero"`
	ManagementNetworkName       string `json:"management_network_name,omitzero"`
	ApplianceMasterTemplateName string `json:"appliance_master_template_name,omitzero"` // of the virtual machine
}

// OrchestrationConfigCreate describes how an appliance is to be deployed.
type OrchestrationConfigCreate struct {
	ServiceAccountID string                         `json:"service_account_id,omitzero"`
	ApplianceConfig  *OrchestrationApplianceConfig  `json:"appliance_config,omitzero"`
	DeploymentConfig *OrchestrationDeploymentConfig `json:"deployment_config,omitzero"`
}
