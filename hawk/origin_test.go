package hawk

import "testing"

func TestSameOrigin(t *testing.T) {
	for _, test := range []struct {
		base, other string
		same        bool
	}{
		{"https://Example.com/base/", "https://example.com:443/other?q", true},
		{"http://example.com:80", "HTTP://EXAMPLE.com/", true},
		{"https://[::1]:8443", "https://[::1]:8443/", true},
		{"https://example.com", "http://example.com/", false},
		{"https://example.com", "http://example.com:443/", false},
		{"https://example.com", "https://example.com:8443/", false},
		{"https://example.com", "https://example.com.evil.example/", false},
		{"https://example.com", "https://example.com@evil.example/", false},
		{"https://example.com", "https://sub.example.com/", false},
		{"https://example.com", "https://example.com./", false},
	} {
		if SameOrigin(mustParse(t, test.base))(mustParse(t, test.other)) != test.same {
			t.Errorf("%s and %s: want %v", test.base, test.other, test.same)
		}
	}
	if SameOrigin(nil)(mustParse(t, "https://example.com")) {
		t.Error("no base allows something")
	}
}
