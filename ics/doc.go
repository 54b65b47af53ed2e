// Package ics is a client of Ivanti Connect Secure and Ivanti Policy Secure appliances: their sessions, configuration,
// certificates, licenses, cluster, health and backups, over the REST API that each appliance serves itself.
//
//	client, err := ics.New("https://vpn.example.com", ics.Password("rest-admin", password, "Admin Users"))
//	if err != nil {
//		return err
//	}
//	defer client.Close(ctx)
//
//	for session, err := range client.Sessions.All(ctx, nil) {
//		if err != nil {
//			return err
//		}
//		fmt.Println(session.User, session.SourceIP, session.SignedIn())
//	}
//
// # Authentication
//
// [Password] signs in to an administrator realm and gets an API key, which goes with every later call; when the
// appliance no longer accepts the key, it is renewed once for all goroutines and the call repeated. [APIKey] uses a key
// that exists. Where a realm asks for a second factor, [WithSecondFactor] gives the code; without it calls fail with a
// [*SecondFactorError], which [Client.Resume] continues. REST access is off until an administrator switches it on for the
// account. [secureaccess.WithSessionStore] keeps the key between processes.
//
// # Results
//
// What changes something returns a [*Result] with the messages of the appliance: the warnings in it are worth
// reading. Errors in a response are an error of the call, whatever the status, and match [ErrRefused].
//
// # Configuration
//
// The documented parts of the configuration have methods of their own. [ConfigurationService] gives access to all of it, by path:
//
//	role := ics.Path{"users", "user-roles", "user-role", "Contractors"}
//	options, err := ics.GetConfiguration[ics.SessionOptions](ctx, client.Configuration, append(role, "general", "session-options"), nil)
//
// Models of the configuration keep members that they do not know in their Extra field, so that what is read, changed
// and written back loses nothing.
package ics
