package rest

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
)

// things is an envelope as products have them.
type things struct {
	Data  []thing `json:"data"`
	Total int     `json:"total"`
}

// notice is a result that is told from an error by a member that errors have too.
type notice struct {
	Message string `json:"message"`
}

const page = "<!DOCTYPE html>\n<html><title>Sign in</title></html>"

// What has not the documented shape is not believed, whatever its status.
func TestDo_gate(t *testing.T) {
	for name, test := range map[string]struct {
		body string
		do   func(*Client, *testing.T) error
	}{
		"an empty object":                 {`{}`, one(GET("/v1"))},
		"an empty object, spaced":         {" {\n} ", one(GET("/v1"))},
		"null":                            {`null`, one(GET("/v1"))},
		"a time-out notice":               {`{"errorMessage":"2026-11-25 Task timed out after 6.01 seconds"}`, one(GET("/v1"))},
		"a message":                       {`{"message":"Internal server error"}`, one(GET("/v1"))},
		"a message and a code":            {`{"message":"no","statusCode":500,"code":"X","error":"no"}`, one(GET("/v1"))},
		"names of something else":         {`{"a":1,"b":{"id":"7"}}`, one(GET("/v1"))},
		"a name in other letters":         {`{"ID":"7"}`, one(GET("/v1"))},
		"a list":                          {`[{"id":"7"}]`, one(GET("/v1"))},
		"a text":                          {`"7"`, one(GET("/v1"))},
		"a number":                        {`7`, one(GET("/v1"))},
		"a sign-in page":                  {page, one(GET("/v1"))},
		"nothing":                         {``, one(GET("/v1"))},
		"blanks":                          {" \r\n", one(GET("/v1"))},
		"two values":                      {`{"id":"7"}{"id":"8"}`, one(GET("/v1"))},
		"half a value":                    {`{"id":"7"`, one(GET("/v1"))},
		"a list for an envelope":          {`[{"id":"7"}]`, many(GET("/v1"))},
		"an object for an envelope":       {`{"id":"7"}`, many(GET("/v1"))},
		"null for an envelope":            {`null`, many(GET("/v1"))},
		"an envelope of empty objects":    {`{"data":[{"id":"7"},{}]}`, many(GET("/v1"))},
		"an envelope of nulls":            {`{"data":[null]}`, many(GET("/v1"))},
		"an envelope of others":           {`{"data":[{"message":"no"}]}`, many(GET("/v1"))},
		"a bare list of empty objects":    {`[{},{}]`, many(GET("/v1").MayBeBareList())},
		"a bare list of texts":            {`["7"]`, many(GET("/v1").MayBeBareList())},
		"a message where {} is allowed":   {`{"message":"no"}`, one(GET("/v1").MayBeEmptyObject())},
		"null where {} is allowed":        {`null`, one(GET("/v1").MayBeEmptyObject())},
		"a list where {} is allowed":      {`[]`, one(GET("/v1").MayBeEmptyObject())},
		"a page where nothing is allowed": {page, one(GET("/v1").MayBeEmpty())},
		"a message where nothing may be":  {`{"message":"no"}`, one(GET("/v1").MayBeEmpty())},
		"a message that is not required":  {`{"message":"no"}`, noticed(GET("/v1"))},
		"a page for a command":            {page, command(GET("/v1"))},
		"a page in capitals":              {"\ufeff <HTML><BODY>x", command(GET("/v1"))},
		"a page behind a declaration":     {`<?xml version="1.0"?><html xmlns="x">`, command(GET("/v1"))},
		"a page for generic nothing":      {page, generic(nil)},
		"an empty object for a struct":    {`{}`, generic(&thing{})},
		"a message for a struct":          {`{"message":"no"}`, generic(&thing{})},
		"null for a struct":               {`null`, generic(&thing{})},
		"a list for a struct":             {`[]`, generic(&thing{})},
		"an object for a list":            {`{"id":"7"}`, generic(&[]thing{})},
		"a list of empty objects":         {`[{}]`, generic(&[]thing{})},
		"a list for a map":                {`[]`, generic(&map[string]any{})},
		"null for a map":                  {`null`, generic(&map[string]any{})},
		"a page for raw JSON":             {page, generic(&json.RawMessage{})},
		"half a value for raw JSON":       {`{"id":`, generic(&json.RawMessage{})},
		"nothing for raw JSON":            {``, generic(&json.RawMessage{})},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, responds(200, test.body))
			err := test.do(connect(t, s.URL), t)
			if err == nil {
				t.Fatal("it is believed")
			}
			e := failureOf(t, err)
			if e.Status != 200 || !errors.Is(e, secureaccess.ErrBadResponse) || s.requests.Load() != 1 {
				t.Errorf("%v after %d requests", e, s.requests.Load())
			}
			if got := string(e.Body); got != test.body {
				t.Errorf("the error has %q", got)
			}
			if strings.ContainsAny(e.Error(), "\n\r") || len(e.Error()) > 500 {
				t.Errorf("its text is %q", e.Error())
			}
		})
	}
}

func TestDo_gateOpens(t *testing.T) {
	for name, test := range map[string]struct {
		body string
		do   func(*Client, *testing.T) error
	}{
		"one known name":                   {`{"size":0}`, one(GET("/v1"))},
		"a name with null":                 {`{"id":null}`, one(GET("/v1"))},
		"among unknown ones":               {`{"message":"x","new":[{}],"id":"7"}`, one(GET("/v1"))},
		"behind a mark":                    {"\ufeff{\"id\":\"7\"}", one(GET("/v1"))},
		"an empty list":                    {`{"data":[]}`, many(GET("/v1"))},
		"no list":                          {`{"total":0}`, many(GET("/v1"))},
		"a list that is null":              {`{"data":null,"total":0}`, many(GET("/v1"))},
		"elements of one name":             {`{"data":[{"id":"1","new":1},{"size":null}]}`, many(GET("/v1"))},
		"a bare list":                      {`[{"id":"1"}]`, many(GET("/v1").MayBeBareList())},
		"an empty bare list":               {`[]`, many(GET("/v1").MayBeBareList())},
		"an envelope where both are":       {`{"data":[{"id":"1"}]}`, many(GET("/v1").MayBeBareList())},
		"a documented {}":                  {`{}`, one(GET("/v1").MayBeEmptyObject())},
		"a documented nothing":             {``, one(GET("/v1").MayBeEmpty())},
		"null where nothing is":            {`null`, one(GET("/v1").MayBeEmpty())},
		"a message that is required":       {`{"message":"done"}`, noticed(GET("/v1").KnownBy("message"))},
		"items of chosen members":          {`{"data":[{},{"new":1}]}`, many(GET("/v1").AnyItems())},
		"any shape":                        {`{"whatever":1}`, one(GET("/v1").AnyShape())},
		"a command that says nothing":      {``, command(POST("/v1"))},
		"a command that says something":    {`{"message":"done"}`, command(POST("/v1"))},
		"a command with a text":            {`done`, command(POST("/v1"))},
		"an empty map":                     {`{}`, generic(&map[string]any{})},
		"an empty list where one is asked": {`[]`, generic(&[]thing{})},
		"null for a list":                  {`null`, generic(&[]thing{})},
		"a list of texts":                  {`["a"]`, generic(&[]string{})},
		"anything":                         {`{}`, generic(new(any))},
		"raw null":                         {`null`, generic(&json.RawMessage{})},
	} {
		s := serve(t, responds(200, test.body))
		if err := test.do(connect(t, s.URL), t); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// An empty page with the type of one is no page: a command that says nothing.
func TestSend_emptyPage(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Type", "text/html") })
	if err := Send(t.Context(), connect(t, s.URL), POST("/v1")); err != nil {
		t.Error(err)
	}
}

// A product that refuses with a good status is asked about every kind of response.
func TestConfig_RefusedIf(t *testing.T) {
	s := serve(t, responds(200, `{"errorMessage":"no","id":"7","data":[]}`))
	c := connectWith(t, s.URL, func(c *Config) {
		c.RefusedIf = func(body []byte) bool { return strings.Contains(string(body), "errorMessage") }
		c.DecodeError = func(e *secureaccess.Error, _ http.Header, body []byte) { e.Messages = Reasons(body) }
	})
	for name, do := range map[string]func(*Client, *testing.T) error{
		"Do": one(GET("/v1")), "Send": command(POST("/v1")), "a list": many(GET("/v1")), "Generic": generic(&map[string]any{}),
		"raw": generic(&json.RawMessage{}), "nothing": generic(nil),
		"content": generic(new(*secureaccess.Download)),
		"Text":    func(c *Client, t *testing.T) error { _, err := Text(t.Context(), c, GET("/v1")); return err },
	} {
		if e := failureOf(t, do(c, t)); len(e.Messages) != 1 || e.Messages[0] != "no" || e.Status != 200 {
			t.Errorf("%s: %v", name, e)
		}
	}
}

func one(op *Op) func(*Client, *testing.T) error {
	return func(c *Client, t *testing.T) error { _, err := Do[thing](t.Context(), c, op); return err }
}

func many(op *Op) func(*Client, *testing.T) error {
	return func(c *Client, t *testing.T) error { _, err := Do[things](t.Context(), c, op); return err }
}

func noticed(op *Op) func(*Client, *testing.T) error {
	return func(c *Client, t *testing.T) error { _, err := Do[notice](t.Context(), c, op); return err }
}

func command(op *Op) func(*Client, *testing.T) error {
	return func(c *Client, t *testing.T) error { return Send(t.Context(), c, op) }
}

func generic(out any) func(*Client, *testing.T) error {
	return func(c *Client, t *testing.T) error {
		return Generic(t.Context(), c, secureaccess.Request{Path: "/v1"}, out)
	}
}
