package pulseonetest

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/fake"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/workspace"
)

func (s *Server) androidRoutes() {
	s.api.Handle(s.ofWorkspace(s.policy), "pulseone.afw_spaces.get_policy")
	s.api.Handle(s.ofWorkspace(certificate("vpn")), "pulseone.afw_spaces.refresh_vpn_certificate")
	s.api.Handle(s.ofWorkspace(certificate("wifi")), "pulseone.afw_spaces.refresh_wifi_certificate")
	s.api.Handle(s.ofWorkspace(certificate("activesync")), "pulseone.afw_spaces.refresh_activesync_certificate")
	s.api.Handle(s.ofWorkspace(updateState), "pulseone.afw_spaces.update_state")
	s.api.Handle(s.ofWorkspace(uploadDebugData), "pulseone.afw_spaces.upload_debug_data")
	s.api.Handle(s.ofWorkspace(s.updateAndroid), "pulseone.afw_spaces.update_device")
	s.api.Handle(s.ofWorkspace(func(w http.ResponseWriter, _ *http.Request, known *space) {
		fake.JSON(w, http.StatusOK, workspace.AndroidDevice{AndroidDeviceUpdate: known.Android, PolicyID: "1"})
	}), "pulseone.afw_spaces.get_device")
	s.api.Handle(s.ofWorkspace(s.googleAccount), "pulseone.afw_spaces.get_google_account")
	s.api.Handle(s.ofWorkspace(s.createGoogleAccount), "pulseone.afw_spaces.create_google_account")
	s.api.Handle(s.ofWorkspace(s.authenticationToken), "pulseone.afw_spaces.request_authentication_token")
	s.api.Handle(s.ofWorkspace(func(w http.ResponseWriter, _ *http.Request, known *space) {
		nonce := base64.URLEncoding.EncodeToString([]byte(rand.Text()))
		known.nonces[nonce] = true
		fake.JSON(w, http.StatusOK, workspace.SafetyNetNonce{Nonce: nonce})
	}), "pulseone.afw_spaces.get_safetynet_nonce")
	s.api.Handle(s.ofWorkspace(verifySafetyNet), "pulseone.afw_spaces.verify_safetynet")
}

// policy responds with the policy that was set, else with the document's.
func (s *Server) policy(w http.ResponseWriter, r *http.Request, known *space) {
	if known.Policy == nil {
		s.api.Example(w, r)
		return
	}
	fake.JSON(w, http.StatusOK, known.Policy)
}

// certificate makes a key pair, unless the version of the request is the current one.
func certificate(kind string) func(http.ResponseWriter, *http.Request, *space) {
	return func(w http.ResponseWriter, r *http.Request, known *space) {
		var body struct {
			Version string `json:"version"`
		}
		if !decode(w, r, &body) {
			return
		}
		if body.Version != "" && body.Version == known.versions[kind] {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		pair := rand.Text()
		sum := sha256.Sum256([]byte(pair))
		known.versions[kind] = hex.EncodeToString(sum[:])
		known.Keys[kind]++
		fake.JSON(w, http.StatusOK, workspace.Certificate{
			Certificate: secureaccess.NewSecret(base64.StdEncoding.EncodeToString([]byte(pair))), Alias: "pulsesecure." + kind + ".cert",
			Format: workspace.CertificateFormatPKCS12, Password: secureaccess.NewSecret("apassword"), Version: known.versions[kind],
		})
	}
}

// updateState keeps what is reported: all of it, or what changed.
func updateState(w http.ResponseWriter, r *http.Request, known *space) {
	var body workspace.StateUpdate
	if !decode(w, r, &body) {
		return
	}
	if !body.Delta {
		clear(known.Apps)
	}
	for _, app := range body.AppStates {
		known.Apps[app.PackageName] = app
	}
	if body.State != "" {
		known.State = body.State
	}
	w.WriteHeader(http.StatusNoContent)
}

func uploadDebugData(w http.ResponseWriter, r *http.Request, known *space) {
	data, err := io.ReadAll(io.LimitReader(r.Body, 64<<20))
	if err != nil || !bytes.HasPrefix(data, []byte("PK")) {
		refuse(w, http.StatusBadRequest, "40000", "the body is no ZIP archive")
		return
	}
	known.Debug = data
	w.WriteHeader(http.StatusNoContent)
}

// updateAndroid adds what a device reports to what is known.
func (s *Server) updateAndroid(w http.ResponseWriter, r *http.Request, known *space) {
	reported := known.Android
	if !decode(w, r, &reported) {
		return
	}
	if s.workspaces.domain.DeviceUnknown && reported.GoogleDeviceID != "" {
		w.WriteHeader(http.StatusAccepted)
		return
	}
	known.Android = reported
	w.WriteHeader(http.StatusNoContent)
}

func (s *Server) googleAccount(w http.ResponseWriter, _ *http.Request, known *space) {
	account := workspace.GoogleAccount{Account: known.Email, Exists: s.workspaces.accounts[known.Email]}
	if s.workspaces.domain.ManagedAccounts {
		fake.JSON(w, http.StatusOK, map[string]any{"google_account": nil, "exists": true})
		return
	}
	fake.JSON(w, http.StatusOK, account)
}

func (s *Server) createGoogleAccount(w http.ResponseWriter, r *http.Request, known *space) {
	var body workspace.GoogleAccountCreate
	if !decode(w, r, &body) {
		return
	}
	account := body.Account
	if account == "" {
		account = known.Email
	}
	switch {
	case s.workspaces.domain.ManagedAccounts:
		refuse(w, http.StatusBadRequest, pulseone.CodeWrongAFWEnterpriseType, "the domain has managed accounts")
	case s.workspaces.accounts[account]:
		refuse(w, http.StatusConflict, workspace.CodeGoogleAccountExists, account+" already has a Google Apps account")
	default:
		s.workspaces.accounts[account] = true
		w.WriteHeader(http.StatusNoContent)
	}
}

func (s *Server) authenticationToken(w http.ResponseWriter, _ *http.Request, _ *space) {
	if !s.workspaces.domain.ManagedAccounts {
		refuse(w, http.StatusBadRequest, pulseone.CodeWrongAFWEnterpriseType, "the domain has no managed accounts")
		return
	}
	fake.JSON(w, http.StatusOK, workspace.AuthenticationToken{Token: secureaccess.NewSecret(rand.Text())})
}

// verifySafetyNet checks an attestation but for Google's signature. What is no attestation is one that does not pass.
func verifySafetyNet(w http.ResponseWriter, r *http.Request, known *space) {
	var body struct {
		JWS string `json:"jws"`
	}
	if !decode(w, r, &body) {
		return
	}
	var said struct {
		Nonce           string `json:"nonce"`
		CTSProfileMatch bool   `json:"ctsProfileMatch"`
	}
	if parts := strings.Split(body.JWS, "."); len(parts) == 3 {
		payload, _ := base64.RawURLEncoding.DecodeString(parts[1])
		_ = json.Unmarshal(payload, &said) // what cannot be read says nothing
	}
	fresh := spend(known.nonces, said.Nonce)
	fake.JSON(w, http.StatusOK, workspace.Attestation{OK: fresh && said.CTSProfileMatch})
}
