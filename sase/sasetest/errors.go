package sasetest

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// ErrorShape is a form of refusals. Each part of the real service has its own.
type ErrorShape string

// Values of ErrorShape. Where one has no place for a code, the message is the code.
const (
	ErrorShapeID          ErrorShape = "id"           // {"id", "message"}: the default
	ErrorShapeMessageCode ErrorShape = "message code" // {"message", "messageCode", "status"}
	ErrorShapeData        ErrorShape = "data"         // {"status", "message", "messageCode", "data"}
	ErrorShapeBody        ErrorShape = "body"         // {"body", "statusCode"}, body being a text
	ErrorShapeBodyJSON    ErrorShape = "body json"    // {"body", "statusCode"}, body being JSON in a text
	ErrorShapeSuccess     ErrorShape = "success"      // {"success", "message"}
	ErrorShapeError       ErrorShape = "error"        // {"error", "message"}
	ErrorShapeLimit       ErrorShape = "limit"        // {"statusCode", "message", "error", "limit", "networkId"}
	ErrorShapeText        ErrorShape = "text"         // plain text
	ErrorShapePage        ErrorShape = "page"         // HTML, as from something in front of the service
	ErrorShapeEmpty       ErrorShape = "empty"        // no body
)

// ErrorShapes returns all forms.
func ErrorShapes() []ErrorShape {
	return []ErrorShape{
		ErrorShapeID, ErrorShapeMessageCode, ErrorShapeData, ErrorShapeBody, ErrorShapeBodyJSON, ErrorShapeSuccess,
		ErrorShapeError, ErrorShapeLimit, ErrorShapeText, ErrorShapePage, ErrorShapeEmpty,
	}
}

// SetErrorShape sets the form of the server's refusals from now on.
func (s *Server) SetErrorShape(shape ErrorShape) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.errorShape = shape
}

// Fault returns a fault that refuses one request in this form. code may be empty. Set its Path, Times or a Retry-After
// header as needed:
//
//	fault := sasetest.ErrorShapeLimit.Fault(429, "", "too many concurrent operations on this network")
//	fault.Header.Set("Retry-After", "7")
//	server.Fail(fault)
func (e ErrorShape) Fault(status int, code, message string) Fault {
	contentType, body := e.write(status, code, message)
	return Fault{Status: status, Header: http.Header{"Content-Type": {contentType}}, Body: body}
}

// refuse responds with a refusal.
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
	case ErrorShapeMessageCode:
		fields = map[string]any{"message": message, "messageCode": name, "status": status}
	case ErrorShapeData:
		fields = map[string]any{"message": message, "messageCode": name, "status": status, "data": map[string]any{}}
	case ErrorShapeBody:
		fields = map[string]any{"body": plain, "statusCode": status}
	case ErrorShapeBodyJSON:
		_, inner := ErrorShapeError.write(status, code, message)
		fields = map[string]any{"body": inner, "statusCode": status}
	case ErrorShapeSuccess:
		fields = map[string]any{"success": false, "message": plain}
	case ErrorShapeError:
		fields = map[string]any{"error": http.StatusText(status), "message": plain}
	case ErrorShapeLimit:
		fields = map[string]any{
			"statusCode": status, "message": plain, "error": http.StatusText(status), "limit": 5, "networkId": "network",
		}
	case ErrorShapeText:
		return "text/plain; charset=utf-8", plain
	case ErrorShapePage:
		return "text/html", "<html><body><h1>" + http.StatusText(status) + "</h1></body></html>"
	case ErrorShapeEmpty:
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
