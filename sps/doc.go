// Package sps is a client of One Identity Safeguard for Privileged Sessions (SPS).
//
// Reading takes a [Client]. Writing takes a transaction, because the appliance has no write outside one:
//
//	client, err := sps.New("https://sps.example.com", sps.Password("automation", password))
//	...
//	err = client.Transact(ctx, "record every desktop", func(ctx context.Context, tx *sps.Tx) error {
//		policy, err := sps.Get(ctx, tx, sps.RDPChannelPolicies, key)
//		if err != nil {
//			return err
//		}
//		_, err = sps.Update(ctx, tx, policy, func(p *sps.RDPChannelPolicy) error {
//			p.Rules[0].Actions.Audit = true
//			return nil
//		})
//		return err
//	})
//
// [Client.Transact] commits when the function returns nil, and rolls back when it fails or panics.
//
// [Get], [List], [All], [Create], [Update] and [Delete] reach every endpoint below /api/configuration. An [Endpoint]
// carries the type of its objects: those that this package models are constants, for all others any type does:
//
//	zone, err := sps.Get[string](ctx, client, "datetime", "timezone")
//	server, err := sps.Get[json.RawMessage](ctx, client, "policies/ldap_servers", key)
//
// Recorded sessions are at [Client.AuditSessions]. They have nothing to do with the session of the API, which the
// client opens, keeps and renews by itself.
//
// # What is known of this API
//
// The vendor documents creation, change and deletion of objects; public sources tell of the rest. Where they are silent
// this package takes the most cautious form, says so, and leaves a way around in [Dialect]. The appliance ignores
// members that it does not know without a word: a misspelt name is no error.
package sps
