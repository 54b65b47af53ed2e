// Package sase is a client of Check Point Harmony SASE, formerly Perimeter 81: users, groups, licences and the health of
// networks.
//
//	client, err := sase.New(sase.RegionEU, sase.APIKey(os.Getenv("SASE_API_KEY")))
//	if err != nil {
//		return err
//	}
//	for user, err := range client.Users.All(ctx, nil) {
//		if err != nil {
//			return err
//		}
//		fmt.Println(user.Email)
//	}
//
// The key is made in the web client, under API Support, with the permissions that it carries; the account needs the
// Premium Plus or Enterprise plan. The client exchanges it for a token of one hour at its first call, renews the token
// before it ends and once when the service refuses it, and does that once for all goroutines.
//
// # Errors
//
// A refusal is a *[secureaccess.Error], whichever of its services wrote it. An object that exists already is
// [secureaccess.ErrConflict], also where the service answers 400 and DUPLICATE_USER or the like, which is then the
// error's code; missing licences are [secureaccess.ErrPaymentRequired].
//
// # Versions
//
// The operations are those of version 1. Other versions are in use on the same hosts, and [WithVersion] sends these
// operations to one of them. What is left to a later step has its place:
//
//   - An operation that a later version adds is a method like the others, whose template names that version:
//     "/v2.3/networks/{networkId}". Only templates of version 1 follow [WithVersion], so both kinds stand side by side.
//   - Where a version changes the shape of users or networks, its models are types and services of their own, fields
//     of the same Client, which share its token.
//   - Version 3 has hosts of its own, whose paths lack /api/rest. Below a base URL that does not end in /rest the token
//     comes from the version in use, /v3/auth/authorize, and not from /api/v1.
//   - Writes of those versions answer 202 with a status URL; they are waited for as other products' tasks are, and the
//     URL is followed within the client's origin only.
//
// Programs are tested against package sasetest, an in-memory Harmony SASE.
package sase
