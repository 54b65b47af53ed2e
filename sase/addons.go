package sase

import (
	"context"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// AddonsService reads and buys licenses.
type AddonsService struct{ rest *rest.Client }

// List returns how many licenses of each kind there are and are used.
//
// GET /v1/addons
//
// Document: Addons.
func (s *AddonsService) List(ctx context.Context) ([]AddonStatistics, error) {
	list, err := rest.Do[struct {
		Data []AddonStatistics `json:"data"`
	}](ctx, s.rest, rest.GET("/v1/addons"))
	if err != nil {
		return nil, err
	}
	return list.Data, nil
}

// BuyMembers buys licenses for so many more members, at least one. It costs money and is never repeated, unless the
// service has refused its token and with it the purchase: after an error that leaves open whether the purchase took
// place, [AddonsService.List] tells.
//
// POST /v1/addons/members
//
// Document: Addons.
func (s *AddonsService) BuyMembers(ctx context.Context, amount int) (*Subscription, error) {
	return s.buy(ctx, rest.POST("/v1/addons/members"), amount)
}

// BuyGateways buys licenses for so many more gateways, at least one. It costs money and is never repeated, unless the
// service has refused its token and with it the purchase: after an error that leaves open whether the purchase took
// place, [AddonsService.List] tells.
//
// POST /v1/addons/gateways
//
// Document: Addons.
func (s *AddonsService) BuyGateways(ctx context.Context, amount int) (*Subscription, error) {
	return s.buy(ctx, rest.POST("/v1/addons/gateways"), amount)
}

func (s *AddonsService) buy(ctx context.Context, op *rest.Op, amount int) (*Subscription, error) {
	if amount < 1 {
		op.Refuse(&secureaccess.ArgumentError{Argument: "amount", Reason: "is less than 1"})
	}
	op.JSON(struct {
		Amount int `json:"amount"`
	}{amount})
	return rest.Do[Subscription](ctx, s.rest, op.Once())
}

// AddonStatistics counts the licenses of one kind.
type AddonStatistics struct {
	AdditionalType string `json:"additionalType"` // the service's name of the kind
	Total          int    `json:"total"`
	Used           int    `json:"used"`
	Remaining      int    `json:"remaining"`
	Expired        int    `json:"expired"`
}

// Subscription is what an account pays for.
type Subscription struct {
	ID                string             `json:"id"`
	Status            SubscriptionStatus `json:"status"`
	Deleted           bool               `json:"deleted"`
	CurrencyCode      string             `json:"currencyCode"`      // "USD" so far
	BillingPeriodUnit string             `json:"billingPeriodUnit"` // "1" so far
	Addons            []Addon            `json:"addons"`
}

// Addon is a license of a subscription.
type Addon struct {
	ID             string       `json:"id"`
	AdditionalType string       `json:"additionalType"` // the service's name of the kind
	Amount         int          `json:"amount"`         // bought just now
	Quantity       int          `json:"quantity"`       // in all
	Price          float64      `json:"price"`
	CurrencyCode   string       `json:"currencyCode"` // "USD" so far
	PricingModel   PricingModel `json:"pricingModel"`
	PeriodUnit     PeriodUnit   `json:"periodUnit"`
	Status         AddonStatus  `json:"status"`
}

// SubscriptionStatus is the state of a subscription.
type SubscriptionStatus string

// Values of SubscriptionStatus.
const (
	SubscriptionStatusActive      SubscriptionStatus = "active"
	SubscriptionStatusNonRenewing SubscriptionStatus = "non_renewing"
)

// AddonStatus is the state of a license.
type AddonStatus string

// AddonStatusActive is the one documented state of a license.
const AddonStatusActive AddonStatus = "active"

// PricingModel is how the price of a license is made.
type PricingModel string

// Values of PricingModel.
const (
	PricingModelVolume  PricingModel = "volume"
	PricingModelPerUnit PricingModel = "per_unit"
	PricingModelFlatFee PricingModel = "flat_fee"
)

// PeriodUnit is how often a license is paid for.
type PeriodUnit string

// Values of PeriodUnit.
const (
	PeriodUnitMonth PeriodUnit = "month"
	PeriodUnitYear  PeriodUnit = "year"
)
