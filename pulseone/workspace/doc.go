// Package workspace is a client of Pulse One as a mobile workspace sees it: the app on an Android or iOS device.
//
// A workspace registers once, at a registration server, with a code that an administrator had sent out, a token of a
// SAML sign-in, or a session. What comes back are Hawk credentials and the URL of the API:
//
//	public, err := workspace.NewPublic("https://register.example.com")
//	...
//	registration, err := public.RegisterAndroid(ctx, workspace.RegistrationCode{Key: secureaccess.NewSecret("01234567"), Email: email})
//	...
//	android, err := workspace.NewAndroid(registration.Credentials)
//	...
//	policy, err := android.GetPolicy(ctx)
//
// [Android] and [IOS] are clients of one workspace each, whose id is in the credentials. [Public] has what is done
// without credentials: registrations, and what a browser does with the tokens of an enrollment URL or an app store URL.
//
// # Credentials
//
// A registration cannot be repeated, since it spends its code, and nothing renews what it brought: [Credentials] are the
// caller's to keep. They encode to JSON and back with the key in them, so keep them where secrets are kept. Their
// expiry is told, and not acted upon: they are used until the server refuses them.
//
// # Lost responses
//
// What spends a code, a token or a one-time URL is never retried, whatever the retry policy says, and neither is what
// makes a key pair: the server keeps no copy of either.
//
// # Policies and certificates
//
// A policy says which certificates the workspace needs, and where from: the server makes a key pair
// ([Android.RefreshVPNCertificate] and the like), or the workspace requests a certificate by SCEP
// ([Android.GetSCEPConfiguration]).
package workspace
