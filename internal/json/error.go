package json

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// What can be wrong with data or with a value. An [*Error] says where, and matches one of these.
var (
	ErrSyntax        = errors.New("not valid JSON")
	ErrTruncated     = errors.New("the JSON ends too early")
	ErrKind          = errors.New("JSON of another kind than expected")
	ErrTooManyItems  = errors.New("too many items in one list or object")
	ErrTooDeep       = errors.New("lists and objects are nested too deep")
	ErrTooLarge      = errors.New("larger than the limit")
	ErrNoKnownMember = errors.New("an object without any member that is expected")
	ErrNull          = errors.New("null where a value is expected")
	ErrHTML          = errors.New("an HTML page")

	ErrDuplicateName = errors.New("a member would be written twice")
	ErrInvalidUTF8   = errors.New("text that is not UTF-8")
	ErrNotEncodable  = errors.New("a value that has no JSON form")
	ErrGoType        = errors.New("a Go type that cannot be read from JSON")
)

// mostPath is how much of a path an error shows.
const mostPath = 200

// Error says what is wrong and where, in words of ours: those of the library quote values, which may be secrets, and
// change from one process to the next.
type Error struct {
	Kind   error  // one of the errors above
	Path   string // JSON pointer, as far as it is made of names that the type knows and of indexes
	Detail string // of ours
	Offset int64  // bytes from the beginning of the data, 0 if unknown

	// What a method of the type said, for errors.Is alone: its text may quote the value. In a function, because fmt
	// prints what it finds in fields.
	cause func(target error) bool
}

// Error returns one short line.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Kind.Error())
	if e.Detail != "" {
		b.WriteString(": " + e.Detail)
	}
	if e.Path != "" {
		b.WriteString(" at " + e.Path)
	} else if e.Offset > 0 {
		fmt.Fprintf(&b, " at byte %d", e.Offset)
	}
	return b.String()
}

// Is reports whether target is the kind of the error, or what a method of the type returned.
func (e *Error) Is(target error) bool { return target == e.Kind || e.cause != nil && e.cause(target) }

// kindError is of values that are of another kind than their Go type. Nothing in it comes from the data.
func kindError(got jsontext.Kind, t reflect.Type) *Error {
	return &Error{Kind: ErrKind, Detail: kindName(got) + " where " + typeName(t) + " is due"}
}

func kindName(kind jsontext.Kind) string {
	switch kind {
	case 'n':
		return "null"
	case 't', 'f':
		return "a truth value"
	case '"':
		return "a text"
	case '0':
		return "a number"
	case '{', '}':
		return "an object"
	case '[', ']':
		return "a list"
	}
	return "a value"
}

func typeName(t reflect.Type) string {
	if t == nil {
		return "another"
	}
	switch classOf(indirect(t)) {
	case classBool:
		return "a truth value"
	case classInt, classUint:
		return "a whole number"
	case classFloat:
		return "a number"
	case classString:
		return "a text"
	case classSlice:
		return "a list"
	case classMap, classStruct:
		return "an object"
	}
	return "another"
}

// readError puts an error of the library into our words. t is the type that was read into.
func readError(err error, t reflect.Type) error {
	if own, ok := errors.AsType[*Error](err); ok {
		return own
	}
	if semantic, ok := errors.AsType[*jsonv2.SemanticError](err); ok {
		if own, ok := errors.AsType[*Error](semantic.Err); ok {
			return own
		}
		e := kindError(semantic.JSONKind, semantic.GoType)
		e.Path, e.Offset = knownPath(t, string(semantic.JSONPointer)), semantic.ByteOffset
		if cause := semantic.Err; cause != nil {
			e.cause = func(target error) bool { return errors.Is(cause, target) }
			e.Detail = ""
		}
		if broken := semantic.Err != nil && semantic.GoType != nil && classOf(semantic.GoType) == classStruct; broken || semantic.JSONKind == 0 {
			e.Kind = ErrGoType
			e.Detail = ""
			if semantic.GoType != nil {
				e.Detail = shorten(semantic.GoType.String())
			}
		}
		return e
	}
	e := &Error{Kind: ErrSyntax}
	if syntactic, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		e.Path, e.Offset = knownPath(t, string(syntactic.JSONPointer)), syntactic.ByteOffset
	}
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		e.Kind = ErrTruncated
		e.cause = func(target error) bool { return target == io.ErrUnexpectedEOF }
	}
	return e
}

// errNotUTF8 is what the library returns for text that is not UTF-8. It has no name there, and its text is not to be
// relied on.
var errNotUTF8 = func() error {
	_, err := jsontext.AppendQuote(nil, "\xff")
	for inner := err; inner != nil; inner = errors.Unwrap(inner) {
		err = inner
	}
	return err
}()

// writeError puts an error of writing a value into our words. What a method of the caller's said is kept.
func writeError(err error, v any) error {
	if own, ok := errors.AsType[*Error](err); ok {
		return own
	}
	e := &Error{Kind: ErrNotEncodable}
	var pointer jsontext.Pointer
	semantic, isSemantic := errors.AsType[*jsonv2.SemanticError](err)
	if isSemantic {
		pointer = semantic.JSONPointer
	}
	syntactic, isSyntactic := errors.AsType[*jsontext.SyntacticError](err)
	if isSyntactic && pointer == "" {
		pointer = syntactic.JSONPointer
	}
	e.Path = knownPath(reflect.TypeOf(v), string(pointer))
	switch {
	case errors.Is(err, jsontext.ErrDuplicateName):
		e.Kind = ErrDuplicateName
	case errors.Is(err, errNotUTF8):
		e.Kind = ErrInvalidUTF8
	case isSyntactic:
		e.Kind = ErrSyntax // a raw member or a method that writes no JSON
	case isSemantic && semantic.GoType != nil:
		e.Detail = shorten(semantic.GoType.String())
		if cause := semantic.Err; cause != nil && writesItself(semantic.GoType) {
			e.Detail += ": " + shorten(cause.Error())
			e.cause = func(target error) bool { return errors.Is(cause, target) }
		}
	}
	return e
}

var writers = []reflect.Type{reflect.TypeFor[jsonv2.MarshalerTo](), reflect.TypeFor[jsonv2.Marshaler]()}

func writesItself(t reflect.Type) bool {
	for _, writer := range writers {
		if t.Implements(writer) || reflect.PointerTo(t).Implements(writer) {
			return true
		}
	}
	return false
}

// knownPath returns the beginning of a JSON pointer that consists of names of the type and of indexes. What else stands
// in it, such as the keys of a map, comes from the data and may be a secret.
func knownPath(t reflect.Type, pointer string) string {
	var b strings.Builder
	for token := range jsontext.Pointer(pointer).Tokens() {
		t = indirect(t)
		known := false
		switch {
		case t == nil:
		case t.Kind() == reflect.Slice || t.Kind() == reflect.Array:
			known = strings.Trim(token, "0123456789") == ""
			t = t.Elem()
		case t.Kind() == reflect.Struct:
			var m *member
			if m = objectOf(t).find([]byte(token), 0); m != nil {
				known, t = true, m.typ
			}
		}
		if !known || b.Len()+len(token) > mostPath {
			b.WriteString("/...")
			break
		}
		b.WriteByte('/')
		b.WriteString(jsontextEscape(token))
	}
	return b.String()
}

func jsontextEscape(token string) string {
	return string(jsontext.Pointer("").AppendToken(token))[1:]
}

// shorten bounds a text to a part of one line.
func shorten(text string) string {
	const most = 200
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "..."
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, text)
}
