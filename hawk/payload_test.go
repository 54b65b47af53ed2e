package hawk

import (
	"testing"
	"testing/quick"

	hiyosi "github.com/hiyosi/hawk"
)

func TestPublishedPayloadHashes(t *testing.T) {
	for _, test := range []struct {
		algorithm                  Algorithm
		contentType, payload, want string
	}{
		{SHA256, "text/plain", "Thank you for flying Hawk", "Yi9LfIIFRtBEPt74PVmbTF/xVAwPn7ub15ePICfgnuY="},
		{SHA256, " Text/Plain ; charset=utf-8", "some reply", "f9cDF/TDm7TkYRLnGwRMfeDzT6LixQVLvrIKhh0vgmM="},
		{SHA256, "text/plain", "something to write about", "2QfCt3GuY9HQnHWyWD3wX68ZOKbynqlfYmuO2ZBRqtY="},
		{SHA1, "", "something to write about", "bsvY3IfUllw6V5rvk4tStEvpBhE="},
	} {
		if got := HashPayload(test.algorithm, test.contentType, []byte(test.payload)); got != test.want {
			t.Errorf("%v of %q: %s, want %s", test.algorithm, test.payload, got, test.want)
		}
	}
}

func TestPayloadHasherMatchesTheLibrary(t *testing.T) {
	same := func(contentType string, pieces [][]byte) bool {
		h, whole := NewPayloadHasher(SHA256, contentType), ""
		for _, piece := range pieces {
			if n, err := h.Write(piece); n != len(piece) || err != nil {
				return false
			}
			whole += string(piece)
		}
		want := (&hiyosi.PayloadHash{ContentType: contentType, Payload: whole, Alg: hiyosi.SHA256}).String()
		first := h.Sum()
		return first == want && h.Sum() == first
	}
	if err := quick.Check(same, nil); err != nil {
		t.Error(err)
	}
}
