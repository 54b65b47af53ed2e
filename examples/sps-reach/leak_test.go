package main

import (
	"testing"

	"github.com/secureaccess-go/secureaccess/internal/leak"
)

func TestMain(m *testing.M) { leak.Main(m) }
