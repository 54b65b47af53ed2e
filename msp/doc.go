// Package msp is a client for the MSP portal of Ivanti Neurons for Secure Access (nSA): the tenants of a managed
// service provider, their subscriptions, and the usage reports that they are billed by.
//
//	client, err := msp.New("https://msp.example.net", msp.Password(username, password))
//	if err != nil {
//		return err
//	}
//	defer client.Close(ctx)
//
//	for tenant, err := range client.Tenants.All(ctx, nil) {
//		if err != nil {
//			return err
//		}
//		fmt.Println(tenant.Name, tenant.Status)
//	}
//
// The portal knows a session by its DSID, a cookie. [Password] gets one through the sign-in pages, as a browser does,
// when the first call needs it and again when the portal has ended the session. It ends the session of the same
// administrator that is open elsewhere; see there. [DSID] uses a session that is there already. [Client.Close] signs
// out, unless a session store keeps the session for the next program.
//
// Errors are *[secureaccess.Error]; failures to sign in are a *[SignInError] within. The document gives neither
// statuses nor codes nor a shape for errors: what a refusal says is in Messages.
//
// Package msptest is a portal in memory to test programs against. docs/msp.md in the repository says what is documented,
// what was seen and what is assumed.
package msp
