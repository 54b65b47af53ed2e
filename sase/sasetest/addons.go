package sasetest

import (
	"net/http"

	"github.com/secureaccess-go/secureaccess/internal/fake"
	"github.com/secureaccess-go/secureaccess/sase"
)

// kind is a kind of license, by the name that the server gives it. The real one's names are not documented.
type kind string

const (
	member  kind = "member"
	gateway kind = "gateway"
)

// SetMemberLicenses sets how many users the account has paid for; 1,000 by default. Every user takes one, and with none
// left creating a user is refused with 402.
func (s *Server) SetMemberLicenses(total int) { s.setLicenses(member, total) }

// SetGatewayLicenses sets how many gateways the account has paid for; 100 by default. Every instance of a network
// takes one.
func (s *Server) SetGatewayLicenses(total int) { s.setLicenses(gateway, total) }

func (s *Server) setLicenses(k kind, total int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.licenses[k] = total
}

// used counts the licenses in use. The lock is held.
func (s *Server) used(k kind) int {
	if k == member {
		return len(s.users)
	}
	used := 0
	for _, network := range s.networks {
		for _, region := range network.Regions {
			used += len(region.Instances)
		}
	}
	return used
}

// remaining counts the licenses that are free. The lock is held.
func (s *Server) remaining(k kind) int { return max(s.licenses[k]-s.used(k), 0) }

func (s *Server) listAddons(w http.ResponseWriter, _ *http.Request, _ fake.Params) {
	data := []sase.AddonStatistics{}
	s.mu.Lock()
	for _, k := range []kind{member, gateway} {
		data = append(data, sase.AddonStatistics{
			AdditionalType: string(k), Total: s.licenses[k], Used: s.used(k), Remaining: s.remaining(k),
		})
	}
	s.mu.Unlock()
	fake.JSON(w, http.StatusOK, map[string]any{"data": data})
}

func (s *Server) buy(k kind) fake.Handler {
	return func(w http.ResponseWriter, r *http.Request, _ fake.Params) {
		var body struct {
			Amount int `json:"amount"`
		}
		if !s.decode(w, r, &body) {
			return
		}
		if body.Amount < 1 {
			s.refuse(w, http.StatusBadRequest, "", "amount must not be less than 1")
			return
		}
		s.mu.Lock()
		s.licenses[k] += body.Amount
		subscription := sase.Subscription{
			ID: "subscription", Status: sase.SubscriptionStatusActive, CurrencyCode: "USD", BillingPeriodUnit: "1",
		}
		for _, each := range []kind{member, gateway} {
			addon := sase.Addon{
				ID: "addon-" + string(each), AdditionalType: string(each), Quantity: s.licenses[each], Price: 10,
				CurrencyCode: "USD", PricingModel: sase.PricingModelPerUnit, PeriodUnit: sase.PeriodUnitMonth, Status: sase.AddonStatusActive,
			}
			if each == k {
				addon.Amount = body.Amount
			}
			subscription.Addons = append(subscription.Addons, addon)
		}
		s.mu.Unlock()
		fake.JSON(w, http.StatusOK, subscription)
	}
}
