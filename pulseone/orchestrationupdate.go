package pulseone

import "github.com/secureaccess-go/secureaccess"

// OrchestrationConfigUpdate changes how an appliance is deployed. What is nil or empty is not sent, and stays as it is; a
// pointer to an empty text empties the setting.
type OrchestrationConfigUpdate struct {
	ServiceAccountID string                               `json:"service_account_id,omitzero"`
	ApplianceConfig  *OrchestrationApplianceConfigUpdate  `json:"appliance_config,omitzero"`
	DeploymentConfig *OrchestrationDeploymentConfigUpdate `json:"deployment_config,omitzero"`
}

// OrchestrationApplianceConfigUpdate is what changes of an [OrchestrationApplianceConfig].
type OrchestrationApplianceConfigUpdate struct {
	AdminUsername     *string             `json:"admin_username,omitzero"`
	AdminPassword     secureaccess.Secret `json:"admin_password,omitzero"`
	InternalFQDN      *string             `json:"internal_fqdn,omitzero"`
	ExternalFQDN      *string             `json:"external_fqdn,omitzero"`
	AuthCode          secureaccess.Secret `json:"auth_code,omitzero"`
	CompanyName       *string             `json:"company_name,omitzero"`
	PrimaryDNS        *string             `json:"primary_dns,omitzero"`
	SecondaryDNS      *string             `json:"secondary_dns,omitzero"`
	PrivateDomainName *string             `json:"private_domain_name,omitzero"`
	PublicDomainName  *string             `json:"public_domain_name,omitzero"`
	InstanceType      *string             `json:"instance_type,omitzero"`

	InternalIPAddress   *string `json:"internal_ip_address,omitzero"`
	InternalSubnet      *string `json:"internal_subnet,omitzero"`
	InternalGateway     *string `json:"internal_gateway,omitzero"`
	InternalVLAN        *string `json:"internal_vlan,omitzero"`
	ExternalIPAddress   *string `json:"external_ip_address,omitzero"`
	ExternalSubnet      *string `json:"external_subnet,omitzero"`
	ExternalGateway     *string `json:"external_gateway,omitzero"`
	ExternalVLAN        *string `json:"external_vlan,omitzero"`
	ManagementIPAddress *string `json:"management_ip_address,omitzero"`
	ManagementSubnet    *string `json:"management_subnet,omitzero"`
	ManagementGateway   *string `json:"management_gateway,omitzero"`
	ManagementVLAN      *string `json:"management_vlan,omitzero"`

	ManagementFQDN       *string `json:"management_fqdn,omitzero"`
	ManagementDomainName *string `json:"management_domain_name,omitzero"`
}

// OrchestrationDeploymentConfigUpdate is what changes of the [OrchestrationDeploymentConfig] with this id.
type OrchestrationDeploymentConfigUpdate struct {
	ID            string                            `json:"id"`
	AWSConfig     *OrchestrationAWSConfigUpdate     `json:"aws_config,omitzero"`
	VSphereConfig *OrchestrationVSphereConfigUpdate `json:"vsphere_config,omitzero"`
}

// OrchestrationAWSConfigUpdate is what changes of an [OrchestrationAWSConfig].
type OrchestrationAWSConfigUpdate struct {
	AMI                *string `json:"ami,omitzero"`
	Region             *string `json:"region,omitzero"`
	VPCID              *string `json:"vpc_id,omitzero"`
	PublicSubnetID     *string `json:"public_subnet_id,omitzero"`
	PrivateSubnetID    *string `json:"private_subnet_id,omitzero"`
	ManagementSubnetID *string `json:"managment_subnet_id,omitzero"`
	DeploymentKeyName  *string `json:"deployment_key_name,omitzero"`
}

// OrchestrationVSphereConfigUpdate is what changes of an [OrchestrationVSphereConfig].
type OrchestrationVSphereConfigUpdate struct {
	DatacenterName              *string `json:"datacenter_name,omitzero"`
	DatastoreName               *string `json:"datastore_name,omitzero"`
	ResourcePoolName            *string `json:"resource_pool_name,omitzero"`
	InternalNetworkName         *string `json:"internal_network_name,omitzero"`
	ExternalNetworkName         *string `json:"external_network_name,omitzero"`
	ManagementNetworkName       *string `json:"management_network_name,omitzero"`
	ApplianceMasterTemplateName *string `json:"appliance_master_template_name,omitzero"`
}
