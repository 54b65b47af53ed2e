package ics

import (
	"bytes"
	"context"
	"encoding/json"

	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// Result is what the appliance has to say about a change that it made. It is empty where the appliance said nothing,
// which it may whenever there is nothing to warn about.
type Result struct {
	Info     []Message `json:"info,omitzero"`
	Warnings []Message `json:"warnings,omitzero"`
	Errors   []Message `json:"errors,omitzero"` // never any in a Result that a method returns: they are its error
}

// Message is one sentence of a [Result].
type Message struct {
	Text string `json:"message"`
}

// UnmarshalJSON reads the sentence with and without its wrapper.
func (m *Message) UnmarshalJSON(data []byte) error {
	if bytes.HasPrefix(data, []byte(`"`)) {
		return json.Unmarshal(data, &m.Text)
	}
	type plain Message
	return json.Unmarshal(data, (*plain)(m))
}

type resultEnvelope struct {
	Result Result `json:"result"`
}

func texts(messages []Message) []string {
	var list []string
	for _, m := range messages {
		if m.Text != "" {
			list = append(list, m.Text)
		}
	}
	return list
}

// write carries out an operation that changes something.
func write(ctx context.Context, c *rest.Client, op *rest.Op) (*Result, error) {
	answer, err := rest.Do[lenient[resultEnvelope]](ctx, c, op.MayBeEmpty().RefusedIf(hasErrors))
	if err != nil {
		return nil, err
	}
	return &answer.value.Result, nil
}

// read carries out an operation that answers something of its own.
func read[T any](ctx context.Context, c *rest.Client, op *rest.Op) (*T, error) {
	answer, err := rest.Do[lenient[T]](ctx, c, op.RefusedIf(hasErrors))
	if err != nil {
		return nil, err
	}
	return &answer.value, nil
}

// hasErrors reports whether an answer holds errors in its result.
func hasErrors(body []byte) bool {
	// Most answers are told from that without being parsed twice.
	if !bytes.Contains(body, []byte(`"errors"`)) {
		return false
	}
	var answer struct {
		Result struct {
			Errors json.RawMessage `json:"errors"`
		} `json:"result"`
	}
	if decode(body, &answer) != nil {
		return false
	}
	switch string(bytes.TrimSpace(answer.Result.Errors)) {
	case "", "null", "[]", "{}", `""`:
		return false
	}
	return true
}
