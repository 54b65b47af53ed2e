// Package sase is a client of Check Point Harmony SASE, formerly Perimeter 81: users, groups, licenses and the health of
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
// # Sign-in
//
// The key is created in the web client, under API Support, with the permissions that it carries; the account needs the
// Premium Plus or Enterprise plan. The client exchanges it for a token of one hour at its first call. It renews the
// token a minute before it ends, and once when the service refuses it, once for all goroutines.
//
// [APIKeyFrom] takes the key from a [secureaccess.SecretSource], which is read at each sign-in: a key that was replaced
// in a file or a vault is used from the next token on. A key that was refused is not tried again for 30 seconds, and for
// up to five minutes after repeated refusals; another key, and [Client.SignIn], are tried at once.
//
// With [secureaccess.WithSessionStore] processes that use the same key share one token: a program that cron starts
// every minute asks for one token an hour.
//
// # Errors
//
// A refusal is a [*secureaccess.Error], whichever of the service's parts wrote it. An object that exists already is
// [secureaccess.ErrConflict], also where the service responds with 400 and DUPLICATE_USER or the like, which is then the
// error's code; a lack of licenses is [secureaccess.ErrPaymentRequired].
//
// # Versions
//
// The typed methods are those of version 1. Operations of other versions on the same host are reached with [Client.Do],
// whose path names the version:
//
//	var networks json.RawMessage
//	err := client.Do(ctx, secureaccess.Request{Path: "/v2.3/networks"}, &networks)
//
// Programs are tested against package sasetest, an in-memory Harmony SASE.
package sase
