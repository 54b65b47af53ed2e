package settings

import (
	"crypto/tls"
	"crypto/x509"
	"testing"
)

func TestSettings_Set(t *testing.T) {
	type key struct{ name string }
	s := Defaults()
	if s.Value(key{"a"}) != nil || s.Foreign("ics") != "" {
		t.Error("something is set")
	}
	s.Set("ics", key{"a"}, 1)
	s.Set("ics", key{"a"}, 2)
	s.Set("sase", key{"b"}, "x")
	s.Set("msp", key{"c"}, nil)
	if s.Value(key{"a"}) != 2 || s.Value(key{"b"}) != "x" || s.Value(key{"c"}) != nil {
		t.Errorf("%v, %v, %v", s.Value(key{"a"}), s.Value(key{"b"}), s.Value(key{"c"}))
	}
	for product, want := range map[string]string{"ics": "msp", "msp": "ics", "sps": "ics"} {
		if got := s.Foreign(product); got != want {
			t.Errorf("%s: %q, want %q", product, got, want)
		}
	}
}

func TestSettings_TLSConfig(t *testing.T) {
	s := Defaults()
	if c := s.TLSConfig(); s.TLSSet() || c.MinVersion != tls.VersionTLS12 || c.InsecureSkipVerify || c.RootCAs != nil {
		t.Errorf("%+v", c)
	}
	for _, set := range []func(*Settings){
		func(s *Settings) { s.SkipTLSVerify = true },
		func(s *Settings) { s.RootCAs = x509.NewCertPool() },
		func(s *Settings) { s.Certificates = []tls.Certificate{{}} },
	} {
		s := Defaults()
		set(&s)
		if c := s.TLSConfig(); !s.TLSSet() || c.InsecureSkipVerify != s.SkipTLSVerify || c.RootCAs != s.RootCAs || len(c.Certificates) != len(s.Certificates) {
			t.Errorf("%+v", c)
		}
	}
}
