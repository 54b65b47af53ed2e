package spstest

import (
	"encoding/json"
	"strings"

	"github.com/secureaccess-go/secureaccess/internal/contract"
	"github.com/secureaccess-go/secureaccess/sps"
)

// furnishGuide puts in what the guide describes: its collections, without objects, and its settings, as its examples
// have them.
func (s *Server) furnishGuide() {
	for _, e := range contract.MustLoad("sps-beyond").Endpoints {
		path, ok := strings.CutPrefix(e.Path, root)
		if !ok || e.Method != "GET" {
			continue
		}
		path, _, object := strings.Cut(path, "/{")
		switch rule, _ := sps.RuleOf(path); {
		case rule == sps.RuleSetting:
			s.addExample(path, e)
		case object || rule == sps.RuleCollection || strings.HasSuffix(path, "/connections"):
			s.addCollection(path)
		}
	}
	s.addCollection(string(sps.RDPChannelPolicies))
	_ = s.put("network/nics", "nic1", json.RawMessage(`{"interfaces":{"@order":["ff75"],"ff75":{"addresses":{"@order":["2553"],"2553":"192.0.2.10/24"}}}}`), false)
}

// addExample puts a setting in as the guide's example has it; {} where there is none.
func (s *Server) addExample(path string, e *contract.Endpoint) {
	var example struct {
		Body json.RawMessage `json:"body"`
	}
	if len(e.Responses) > 0 {
		_ = json.Unmarshal(e.Responses[0].Examples()[0], &example)
	}
	if example.Body == nil {
		example.Body = json.RawMessage("{}")
	}
	parent, key := split(path)
	_ = s.put(parent, key, example.Body, true)
}

// addCollection makes an empty collection. The lock is held, or nobody else has the server yet.
func (s *Server) addCollection(path string) {
	if s.committed.collections[path] == nil {
		s.committed.collections[path] = &collection{}
	}
}
