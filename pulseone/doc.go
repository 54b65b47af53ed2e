// Package pulseone is a client for Pulse One, from the console's side: what an administrator or a program in an
// administrator's place does.
//
//	client, err := pulseone.New("https://customer.pulseone.net", pulseone.Password(user, password))
//	...
//	group, err := client.Groups.Create(ctx, pulseone.GroupCreate{Name: "branch offices"})
//	...
//	err = client.Groups.Publish(ctx, group.ID)
//	...
//	group, err = client.Groups.WaitInSync(ctx, group.ID, nil)
//
// The client signs in with the first call, keeps the console session and the Hawk credentials that it gives, renews
// both before they end, and signs every call to the API with them. The API has an origin of its own, which the session
// names and may change; signatures go there and nowhere else, the password and the session cookie to the console and
// nowhere else. [secureaccess.WithSessionStore] keeps both between processes.
//
// A few operations are the console's own: they carry its cookie, and need a client made with [Password] or
// [PasswordFrom].
//
// Errors are [secureaccess.Error] and match the codes of this package:
//
//	if errors.Is(err, pulseone.CodeGroupMasterApplianceConflict) { ... }
//
// Package pulseonetest is an in-memory Pulse One to test against.
package pulseone
