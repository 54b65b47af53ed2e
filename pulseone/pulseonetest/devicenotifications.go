package pulseonetest

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"github.com/coder/websocket"

	"github.com/secureaccess-go/secureaccess/internal/fake"
	"github.com/secureaccess-go/secureaccess/pulseone"
)

const notificationsPath = "/api/v1/notifications"

// listener is an appliance's connection for notifications.
type listener struct {
	appliance string
	messages  chan []byte
	once      sync.Once
	ended     chan struct{}
}

// end breaks the connection.
func (l *listener) end() { l.once.Do(func() { close(l.ended) }) }

// Notify pushes a message to an appliance, anything that can be written as JSON or bytes as they are, and returns to how
// many connections. What is pushed while the appliance has none is lost.
func (s *Server) Notify(applianceID string, message any) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.push(applianceID, message)
}

// push sends a message to the connections of an appliance. The lock is held.
func (s *Server) push(applianceID string, message any) (reached int) {
	data, ok := message.([]byte)
	if !ok {
		var err error
		if data, err = json.Marshal(message); err != nil {
			return 0
		}
	}
	for l := range s.face.listeners {
		if !sameID(l.appliance, applianceID) {
			continue
		}
		select {
		case l.messages <- data:
			reached++
		default:
			l.end() // it takes nothing
		}
	}
	return reached
}

// Listeners counts the connections for notifications.
func (s *Server) Listeners() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.face.listeners)
}

// BreakNotifications breaks all connections for notifications, without a farewell. What was pushed and
// not yet sent is lost.
func (s *Server) BreakNotifications() {
	s.mu.Lock()
	for l := range s.face.listeners {
		l.end()
		delete(s.face.listeners, l)
	}
	s.mu.Unlock()
}

// listen serves the connection of an appliance until one of both ends it.
func (s *Server) listen(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	l := &listener{messages: make(chan []byte, 4096), ended: make(chan struct{})}
	s.mu.Lock()
	caller := s.caller(r)
	if caller == nil || s.face.closed {
		s.mu.Unlock()
		refuse(w, http.StatusForbidden, "40300", "an appliance has to ask")
		return
	}
	l.appliance = caller.ID
	s.face.serving.Add(1)
	s.mu.Unlock()
	defer s.face.serving.Done()
	s.connected(l) // before the other side hears of it: it misses nothing that is pushed then
	defer s.disconnected(l)

	conn, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	defer func() { _ = conn.CloseNow() }()
	// The request's context ends with the handler; that of the reader when the other side goes.
	ctx := conn.CloseRead(context.WithoutCancel(r.Context()))
	for {
		select {
		case data := <-l.messages:
			writing, cancel := context.WithTimeout(ctx, time.Minute)
			err := conn.Write(writing, websocket.MessageText, data)
			cancel()
			if err != nil {
				return
			}
		case <-l.ended:
			return
		case <-ctx.Done():
			return
		}
	}
}

func (s *Server) connected(l *listener) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.face.listeners[l] = struct{}{}
	if s.face.closed {
		l.end()
	}
	if a := s.appliance(l.appliance); a != nil {
		a.NotificationChannelStatus = pulseone.ChannelStatusOnline
	}
}

func (s *Server) disconnected(l *listener) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.face.listeners, l)
	for other := range s.face.listeners {
		if other.appliance == l.appliance {
			return
		}
	}
	if a := s.appliance(l.appliance); a != nil {
		a.NotificationChannelStatus = pulseone.ChannelStatusOffline
	}
}
