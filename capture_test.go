package secureaccess_test

import (
	"testing"

	"github.com/secureaccess-go/secureaccess"
)

// What a call makes of both is tested in internal/rest, where calls are made.

func TestOperationOfAContextOutsideACall(t *testing.T) {
	var info secureaccess.Exchange
	if op, ok := secureaccess.OperationOf(secureaccess.Capture(t.Context(), &info)); ok || op != (secureaccess.Operation{}) {
		t.Errorf("%+v", op)
	}
}
