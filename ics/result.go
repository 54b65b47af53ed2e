package ics

import (
	"bytes"
	"context"
	stdjson "encoding/json"
	"slices"

	"github.com/secureaccess-go/secureaccess/internal/json"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// Result holds the messages of the appliance about a change that it made. It is empty where the appliance said nothing,
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
		return stdjson.Unmarshal(data, &m.Text)
	}
	type plain Message
	return stdjson.Unmarshal(data, (*plain)(m))
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
	envelope, err := rest.Do[resultEnvelope](ctx, c, op.MayBeEmpty().MayBeEmptyObject())
	if err != nil {
		return nil, err
	}
	return &envelope.Result, nil
}

// send makes v the body of an operation. To the appliance null is no list.
func send(op *rest.Op, v any) *rest.Op { return op.JSON(v, json.EmptyLists) }

// encode writes a part of a body as send does.
func encode(v any) (stdjson.RawMessage, error) { return rest.Encode(v, json.EmptyLists) }

// decode reads a part of a response as the client reads responses, lists of one without their brackets included.
func decode(data []byte, into any) error {
	_, err := json.Unmarshal(data, into, json.Limits{MaxItems: -1}, json.OneAsList)
	return err
}

// decodeList is decode for a list, also one that is written as its only item: each of its items has to have a member that is expected.
func decodeList[T any](data []byte, into *[]T) error {
	if text := string(bytes.TrimSpace(data)); text == "" || text == `""` {
		*into = nil
		return nil
	}
	if bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")) {
		data = slices.Concat([]byte("["), data, []byte("]"))
	}
	if err := decode(data, into); err != nil {
		return err
	}
	return json.Shape{BareArray: true}.Check(data, into, json.OneAsList)
}

// hasErrors reports whether a response holds errors in its result.
func hasErrors(body []byte) bool {
	// Most responses are told from that without being parsed twice.
	if !bytes.Contains(body, []byte(`"error`)) {
		return false
	}
	var response struct {
		Result struct {
			Errors stdjson.RawMessage `json:"errors"`
			Error  stdjson.RawMessage `json:"error"` // not documented, and no success either
		} `json:"result"`
	}
	if decode(body, &response) != nil {
		return false
	}
	for _, errors := range []stdjson.RawMessage{response.Result.Errors, response.Result.Error} {
		if len(errors) > 0 && !json.IsNothing(errors) && string(errors) != "false" {
			return true
		}
	}
	return false
}
