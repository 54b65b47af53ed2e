// Package device is Pulse One as a managed appliance sees it: registration, tasks, notifications, reports, backups and
// licensing.
//
// An appliance registers once, with the code that an administrator got from the console ([Register]). What comes back,
// [Credentials], is all that a [Client] needs; nothing renews it, so it has to be kept:
//
//	credentials, err := device.Register(ctx, "https://reg.pulseworkspace.net", device.Registration{
//		RegistrationCode: secureaccess.NewSecret(code), Type: "VPN", Model: "MAG4610",
//		SerialNumber: serial, ApplianceVersion: "8.1R4.1-32789",
//	})
//	...
//	data, err := json.Marshal(credentials) // with the key in it: for a file that nobody else reads
//	...
//	client, err := device.New(*credentials)
//
// A Client is bound to its appliance: its methods do not take the appliance's id. The heart of a program is an [Agent],
// which waits for notifications, fetches tasks, hands them to the handler of their type and reports what became of them:
//
//	agent := &device.Agent{Client: client, Handlers: map[pulseone.TaskType]device.Handler{
//		pulseone.TaskTypeConfigBackup: backUp,
//	}}
//	err = agent.Run(ctx)
//
// Errors are those of package secureaccess; the codes are those of package pulseone. A 401 means that the credentials
// are not accepted: nothing renews them, and the appliance has to be registered again.
//
// Licensing has a host and credentials of its own: [NewLicensing].
package device
