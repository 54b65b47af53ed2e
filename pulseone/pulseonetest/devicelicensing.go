package pulseonetest

import (
	"crypto/rand"
	"crypto/sha1"
	"encoding/hex"
	"net/http"
	"strconv"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/fake"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/device"
)

// licenseServer is what the licensing service knows of a license key.
type licenseServer struct {
	machine string // which license server uses it; "" for none
}

const gracePeriod = 24 // hours

// Licensing returns a client of the licensing service, which the server is as well, with [Server.Options] and opts.
func (s *Server) Licensing(opts ...secureaccess.Option) (*device.Licensing, error) {
	return device.NewLicensing(s.URL(), s.base.Options(opts...)...)
}

// AuthorizationCode sells licenses and returns the code with which a license server gets its keys.
func (s *Server) AuthorizationCode(keys ...string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	code := secretText()
	for _, key := range keys {
		sum := sha1.Sum([]byte(key))
		s.face.keys[hex.EncodeToString(sum[:])] = &licenseServer{}
	}
	s.face.sold = append(s.face.sold, sale{code, keys})
	return code
}

type sale struct {
	code string
	keys []string
}

func secretText() string { return rand.Text() }

func (s *Server) licensingRoutes() {
	s.api.Handle(s.provision, "pulseone.pcls.provision")
	s.api.Handle(s.heartbeat, "pulseone.pcls.heartbeat")
}

func (s *Server) provision(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	var body device.Machine
	if !decode(w, r, &body) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, sold := range s.face.sold {
		if sold.code == r.Header.Get("X-PCLS-AUTH") {
			fake.JSON(w, http.StatusOK, map[string]any{"license_keys": sold.keys})
			return
		}
	}
	refuse(w, http.StatusForbidden, "40300", "the authorization code is not valid")
}

func (s *Server) heartbeat(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	var body device.Machine
	if !decode(w, r, &body) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	end := func(status int, code secureaccess.Code, message string) {
		number, _ := strconv.Atoi(string(code))
		fake.JSON(w, status, map[string]any{"return_code": number, "return_message": message, "grace_period": gracePeriod})
	}
	used := s.face.keys[r.Header.Get("X-PCLS-AUTH")]
	switch {
	case body.IPv4 == "" && body.IPv6 == "":
		refuse(w, http.StatusBadRequest, "40000", "one of ipv4 and ipv6 is needed")
	case used == nil:
		end(http.StatusUnauthorized, pulseone.CodePCLSUnknownLicenseKey, "This hashed license key is unknown to PCLS")
	case used.machine != "" && used.machine != body.ID:
		end(http.StatusInternalServerError, pulseone.CodePCLSLicenseKeyInUse, "This hashed license key is in use by another VLS")
	default:
		used.machine = body.ID
		end(http.StatusOK, "0", "OK")
	}
}
