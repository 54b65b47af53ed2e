package sasetest

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// ErrorShape is a form of refusals. Each part of the real service has its own.
type ErrorShape string

// The forms. Where one has no place for a code, the message is the code.
const (
	ErrorID          ErrorShape = "id"           // {"id", "message"}: the default
	ErrorMessageCode ErrorShape = "message code" // {"message", "messageCode", "status"}
	ErrorData        ErrorShape = "data"         // {"status", "message", "messageCode", "data"}
	ErrorBody        ErrorShape = "body"         // {"body", "statusCode"}, body being a text
	ErrorBodyJSON    ErrorShape = "body json"    // {"body", "statusCode"}, body being JSON in a text
	ErrorSuccess     ErrorShape = "success"      // {"success", "message"}
	ErrorError       ErrorShape = "error"        // {"error", "message"}
	ErrorLimit       ErrorShape = "limit"        // {"statusCode", "message", "error", "limit", "networkId"}
	ErrorText        ErrorShape = "text"         // plain text
	ErrorPage        ErrorShape = "page"         // HTML, as from something in front of the service
	ErrorEmpty       ErrorShape = "empty"        // no body
)

// ErrorShapes returns all forms.
func ErrorShapes() []ErrorShape {
	return []ErrorShape{
		ErrorID, ErrorMessageCode, ErrorData, ErrorBody, ErrorBodyJSON, ErrorSuccess, ErrorError, ErrorLimit, ErrorText,
		ErrorPage, ErrorEmpty,
	}
}

// SetErrorShape sets the form of the server's refusals from now on.
func (s *Server) SetErrorShape(shape ErrorShape) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.errorShape = shape
}

// Fault returns a fault that answers one request with a refusal of this form. code may be empty. Set its Path, Times or
// a Retry-After header as needed:
//
//	fault := sasetest.ErrorLimit.Fault(429, "", "too many concurrent operations on this network")
//	fault.Header.Set("Retry-After", "7")
//	server.Fail(fault)
func (e ErrorShape) Fault(status int, code, message string) Fault {
	contentType, body := e.write(status, code, message)
	return Fault{Status: status, Header: http.Header{"Content-Type": {contentType}}, Body: body}
}

// refuse answers with a refusal.
func (s *Server) refuse(w http.ResponseWriter, status int, code, message string) {
	s.mu.Lock()
	shape := s.errorShape
	s.mu.Unlock()
	contentType, body := shape.write(status, code, message)
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	_, _ = w.Write([]byte(body))
}

func (e ErrorShape) write(status int, code, message string) (contentType, body string) {
	plain := message // where there is no place for a code
	if code != "" {
		plain = code
	}
	name := code
	if name == "" {
		name = fmt.Sprint(status)
	}
	var fields map[string]any
	switch e {
	case ErrorMessageCode:
		fields = map[string]any{"message": message, "messageCode": name, "status": status}
	case ErrorData:
		fields = map[string]any{"message": message, "messageCode": name, "status": status, "data": map[string]any{}}
	case ErrorBody:
		fields = map[string]any{"body": plain, "statusCode": status}
	case ErrorBodyJSON:
		_, inner := ErrorError.write(status, code, message)
		fields = map[string]any{"body": inner, "statusCode": status}
	case ErrorSuccess:
		fields = map[string]any{"success": false, "message": plain}
	case ErrorError:
		fields = map[string]any{"error": http.StatusText(status), "message": plain}
	case ErrorLimit:
		fields = map[string]any{
			"statusCode": status, "message": plain, "error": http.StatusText(status), "limit": 5, "networkId": "network",
		}
	case ErrorText:
		return "text/plain; charset=utf-8", plain
	case ErrorPage:
		return "text/html", "<html><body><h1>" + http.StatusText(status) + "</h1></body></html>"
	case ErrorEmpty:
		return "application/json", ""
	default:
		fields = map[string]any{"id": name, "message": plain}
	}
	data, err := json.Marshal(fields)
	if err != nil {
		return "text/plain; charset=utf-8", err.Error()
	}
	return "application/json", string(data)
}
