package pulseone

import (
	"context"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// EULAsService reads and signs license agreements for a user of the console. Document: Console API - EULA handling.
type EULAsService struct{ rest *rest.Client }

// List returns all agreements, signed and unsigned.
//
// GET /api/v1/users/{user_id}/eulas
//
// Document: EULA handling, List.
func (s *EULAsService) List(ctx context.Context, userID string) ([]EULA, error) {
	return items[EULA](ctx, s.rest, rest.GET("/api/v1/users/{user_id}/eulas", userID))
}

// Get returns one agreement. The words "signed" and "unsigned" cannot be ids and are refused.
//
// GET /api/v1/users/{user_id}/eulas/{eula_id}
//
// Document: EULA handling, Get.
func (s *EULAsService) Get(ctx context.Context, userID, id string) (*EULA, error) {
	return rest.Do[EULA](ctx, s.rest, rest.GET("/api/v1/users/{user_id}/eulas/{eula_id}", userID, id))
}

// Sign accepts an agreement in the name of the user; [EULAsService.GetUnsigned] says which one is to be signed.
//
// PUT /api/v1/users/{user_id}/eulas/{eula_id}
//
// Document: EULA handling, Signing of the current EULA.
func (s *EULAsService) Sign(ctx context.Context, userID, id string) error {
	accepted := struct {
		Agrees bool `json:"agrees"`
	}{true}
	return send(ctx, s.rest, rest.PUT("/api/v1/users/{user_id}/eulas/{eula_id}", userID, id).JSON(accepted))
}

// GetLastSigned returns which agreement the user signed last, nil for none.
//
// GET /api/v1/users/{user_id}/eulas/signed
//
// The document also has the status 404, without a reason: that is [secureaccess.ErrNotFound], and may mean that the user
// has signed none. Document: EULA handling, Get Last Signed.
func (s *EULAsService) GetLastSigned(ctx context.Context, userID string) (*EULAReference, error) {
	return s.reference(ctx, rest.GET("/api/v1/users/{user_id}/eulas/signed", userID))
}

// GetUnsigned returns which agreement the user still has to sign, nil for none.
//
// GET /api/v1/users/{user_id}/eulas/unsigned
//
// Document: EULA handling, Get Current Unsigned.
func (s *EULAsService) GetUnsigned(ctx context.Context, userID string) (*EULAReference, error) {
	return s.reference(ctx, rest.GET("/api/v1/users/{user_id}/eulas/unsigned", userID))
}

// reference returns which agreement an operation names, nil for a response without content.
func (s *EULAsService) reference(ctx context.Context, op *rest.Op) (*EULAReference, error) {
	named, err := rest.Do[EULAReference](ctx, s.rest, op.MayBeEmpty())
	if err != nil || named.ID == "" {
		return nil, err
	}
	return named, nil
}

// EULA is a license agreement, and whether a user has signed it.
type EULA struct {
	ID      string            `json:"id"`
	Content string            `json:"content,omitzero"` // its text
	Created secureaccess.Time `json:"created,omitzero"`
	Signed  secureaccess.Time `json:"signed,omitzero"` // zero while it is not signed
	Agrees  bool              `json:"agrees"`          // the user has accepted it
}

// EULAReference names an agreement.
type EULAReference struct {
	ID string `json:"id"`
}
