package pulseone

// AccessSummaryOptions choose users and the page of them. Zero values are not sent.
type AccessSummaryOptions struct {
	PageOptions
	Username string         `url:"username,omitempty"` // that one user
	Realm    string         `url:"realm,omitempty"`    // users of that realm
	Duration AccessDuration `url:"duration,omitempty"` // the last 24 hours by default
}

// AccessHistoryOptions choose sign-ins and the page of them. Zero values are not sent, and choose all but for the
// duration.
type AccessHistoryOptions struct {
	PageOptions
	Duration   AccessDuration   `url:"duration,omitempty"` // the last 24 hours by default
	Realm      string           `url:"realm,omitempty"`
	MACAddress string           `url:"mac-address,omitempty"` // of the endpoint
	Result     AccessResult     `url:"auth-result,omitempty"`
	Mechanism  AccessMechanism  `url:"auth-mechanism,omitempty"`
	Compliance AccessCompliance `url:"compliance-result,omitempty"`
}

// AccessTopOptions choose what is ranked. Zero values are not sent.
type AccessTopOptions struct {
	Duration AccessDuration `url:"duration,omitempty"`        // the last 24 hours by default
	Count    int            `url:"top-users-count,omitempty"` // 4 to 15 users, 5 by default
}

func (o *AccessTopOptions) top() (argument string, count int) { return "top-users-count", o.Count }

// AccessTopRolesOptions choose what is ranked. Zero values are not sent.
type AccessTopRolesOptions struct {
	Duration AccessDuration `url:"duration,omitempty"`        // the last 24 hours by default
	Count    int            `url:"top-roles-count,omitempty"` // 4 to 15 roles, 5 by default
}

func (o *AccessTopRolesOptions) top() (argument string, count int) { return "top-roles-count", o.Count }

// AccessTopComplianceOptions choose what is ranked. Zero values are not sent.
type AccessTopComplianceOptions struct {
	AccessTopOptions
	Compliance AccessCompliance `url:"compliance-result,omitempty"` // [AccessComplianceYes] by default; nothing stands for all
}

// AccessTopMechanismsOptions choose what is ranked. Zero values are not sent.
type AccessTopMechanismsOptions struct {
	AccessTopOptions
	Mechanism AccessMechanism `url:"authentication-mechanism,omitempty"` // [AccessMechanismL3] by default; nothing stands for all
}

// AccessTopOSTypesOptions choose what is ranked. Zero values are not sent.
type AccessTopOSTypesOptions struct {
	AccessTopOptions
	OSType OSType `url:"os-type,omitempty"` // [OSTypeWindows] by default; nothing stands for all
}

// AccessDuration is how far back an operation looks.
type AccessDuration string

// Values of AccessDuration.
const (
	AccessDurationDay   AccessDuration = "1d" // 24 hours, the default
	AccessDurationWeek  AccessDuration = "7d"
	AccessDurationMonth AccessDuration = "30d"
)

// AccessResult chooses sign-ins by how the authentication ended.
type AccessResult string

// Values of AccessResult.
const (
	AccessResultAll     AccessResult = "all" // the default
	AccessResultSuccess AccessResult = "success"
	AccessResultFail    AccessResult = "fail"
)
