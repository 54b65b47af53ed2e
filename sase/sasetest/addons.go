package sasetest

import (
	"net/http"

	"github.com/secureaccess-go/secureaccess/internal/fake"
	"github.com/secureaccess-go/secureaccess/sase"
)

// kind is a kind of licence, by the name that the server gives it. The real one's names are not documented.
type kind string

const (
	member  kind = "member"
	gateway kind = "gateway"
)

// SetMemberLicenses sets how many users the account has paid for; 1,000 by default. Every user takes one, and with none
// left creating a user is refused with 402.
func (s *Server) SetMemberLicenses(total int) { s.setLicences(member, total) }

// SetGatewayLicenses sets how many gateways the account has paid for; 100 by default. Every instance of a network
// takes one.
func (s *Server) SetGatewayLicenses(total int) { s.setLicences(gateway, total) }

func (s *Server) setLicences(k kind, total int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.licences[k] = total
}

// used counts the licences in use. The lock is held.
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

// remaining counts the licences that are free. The lock is held.
func (s *Server) remaining(k kind) int { return max(s.licences[k]-s.used(k), 0) }

func (s *Server) listAddons(w http.ResponseWriter, _ *http.Request, _ fake.Params) {
	data := []sase.AddonStatistics{}
	s.mu.Lock()
	for _, k := range []kind{member, gateway} {
		data = append(data, sase.AddonStatistics{
			AdditionalType: string(k), Total: s.licences[k], Used: s.used(k), Remaining: s.remaining(k),
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
		if !fake.Decode(w, r, &body, s.malformed) {
			return
		}
		if body.Amount < 1 {
			s.refuse(w, http.StatusBadRequest, "", "amount must not be less than 1")
			return
		}
		s.mu.Lock()
		s.licences[k] += body.Amount
		subscription := sase.Subscription{
			ID: "subscription", Status: sase.SubscriptionActive, CurrencyCode: "USD", BillingPeriodUnit: "1",
		}
		for _, each := range []kind{member, gateway} {
			addon := sase.Addon{
				ID: "addon-" + string(each), AdditionalType: string(each), Quantity: s.licences[each], Price: 10,
				CurrencyCode: "USD", PricingModel: sase.PricingPerUnit, PeriodUnit: sase.PeriodMonth, Status: sase.AddonActive,
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
