package pulseone

import (
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/hawk"
	"github.com/secureaccess-go/secureaccess/pulseone/internal/api"
)

// storedVisit is a console session in a session store.
type storedVisit struct {
	Cookies map[string]string `json:"cookies"`
	User    json.RawMessage   `json:"user,omitempty"`
}

func encodeVisit(v api.Visit) ([]byte, error) { return json.Marshal(storedVisit{v.Cookies, v.User}) }

func decodeVisit(data []byte) (api.Visit, error) {
	var stored storedVisit
	if err := json.Unmarshal(data, &stored); err != nil || len(stored.Cookies) == 0 {
		return api.Visit{}, errors.New("the stored console session cannot be read")
	}
	for name, value := range stored.Cookies {
		if name == "" || strings.ContainsAny(name+value, "\r\n\x00;") {
			return api.Visit{}, errors.New("the stored console session has a cookie that no header can carry")
		}
	}
	return api.Visit{Cookies: stored.Cookies, User: stored.User}, nil
}

// storedSigning is Hawk credentials in a session store.
type storedSigning struct {
	API       string `json:"api_url"`
	ID        string `json:"id"`
	Key       string `json:"key"`
	Algorithm string `json:"algorithm"`
	Ends      int64  `json:"ends,omitempty"` // Unix milliseconds
}

func encodeSigning(s api.Signing) ([]byte, error) {
	stored := storedSigning{
		API: s.API.String(), ID: s.Credentials.ID, Key: s.Credentials.Key.Reveal(), Algorithm: s.Credentials.Algorithm.String(),
	}
	if !s.Ends.IsZero() {
		stored.Ends = s.Ends.UnixMilli()
	}
	return json.Marshal(stored)
}

// decodeSigning holds what is stored to the rules for what the console says.
func (s *signIn) decodeSigning(data []byte) (api.Signing, error) {
	var stored storedSigning
	if err := json.Unmarshal(data, &stored); err != nil {
		return api.Signing{}, errors.New("the stored credentials cannot be read")
	}
	base, err := api.ParseAPI(stored.API, s.setup.Base, s.setup.Settings.AllowHTTP)
	if err != nil {
		return api.Signing{}, err
	}
	algorithm, err := hawk.ParseAlgorithm(stored.Algorithm)
	if err != nil {
		return api.Signing{}, err
	}
	signing := api.Signing{
		API:         base,
		Credentials: hawk.Credentials{ID: stored.ID, Key: secureaccess.NewSecret(stored.Key), Algorithm: algorithm},
	}
	if stored.Ends != 0 {
		signing.Ends = time.UnixMilli(stored.Ends)
	}
	return signing, signing.Credentials.Check()
}
