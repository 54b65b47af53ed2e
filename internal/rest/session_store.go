package rest

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/secureaccess-go/secureaccess"
)

// Sharing is the part of a [Session] that concerns other processes. With a nil Store there are none.
type Sharing[C any] struct {
	Store secureaccess.SessionStore
	Key   string // of the session in the store; see [StoreKey]

	// PerIdentity keeps a session for each identity, where nothing but the secret tells accounts apart.
	PerIdentity bool

	// Encode and Decode make bytes of credentials and back. What Decode returns must be as good as what Obtain does:
	// whatever cannot be used is an error.
	Encode func(C) ([]byte, error)
	Decode func([]byte) (C, error)

	// Lifetime is how long the store keeps credentials whose end is not known; 0 is a day.
	Lifetime time.Duration

	// Report is told what failed without failing a call: "load", "save", "delete" or "lock" of the store, or "discard".
	// Nil ignores it.
	Report func(ctx context.Context, action string, err error)
}

// StoreKey names a session in a store: the product, and a hash of what tells its sessions apart, which is origin, kind
// of authentication, username and realm.
func StoreKey(product string, parts ...string) string {
	h := sha256.New()
	for _, part := range parts {
		// Lengths keep the parts apart: "a", "bc" is not "ab", "c".
		_ = binary.Write(h, binary.BigEndian, uint64(len(part)))
		_, _ = h.Write([]byte(part))
	}
	return product + ":" + hex.EncodeToString(h.Sum(nil))
}

const (
	// storeLimit bounds one access to a store, which must not keep a call waiting.
	storeLimit = 10 * time.Second

	storedFor = 24 * time.Hour
)

// record is what the store has.
type record[C any] struct {
	held    held[C]
	refusal *refusal
	seq     uint64
	version string
	stored  storedSession
	failed  bool // the store does not work, or cannot be written to with what is known
}

// storedSession is a record on its way into the store. Times are Unix milliseconds.
type storedSession struct {
	Data     []byte         `json:"data,omitempty"`
	ID       string         `json:"id,omitempty"`
	Seq      uint64         `json:"seq"`
	Obtained int64          `json:"obtained,omitempty"`
	Refusal  *storedRefusal `json:"refusal,omitempty"`
}

type storedRefusal struct {
	Mark  string `json:"mark"`
	Until int64  `json:"until"`
	Wait  int64  `json:"wait"`
	Text  string `json:"text"`
}

// key is where the store keeps the session.
func (s *Session[C]) key(ctx context.Context) string {
	if !s.PerIdentity {
		return s.Key
	}
	product, _, _ := strings.Cut(s.Key, ":")
	return StoreKey(product, s.Key, s.identity(ctx))
}

func (s *Session[C]) sharing() bool { return s.Store != nil }

func (s *Session[C]) report(ctx context.Context, action string, err error) {
	if s.Report != nil {
		s.Report(ctx, action, err)
	}
}

// follows reports whether the record has another session than last, and none that is older.
func (r *record[C]) follows(last *held[C]) bool {
	return r.held.ok && (!last.ok || r.held.id != last.id && r.seq >= last.seq)
}

// load reads the record. Whatever is wrong with it counts as nothing stored, and is reported.
func (s *Session[C]) load(ctx context.Context) record[C] {
	ctx, cancel := context.WithTimeout(ctx, storeLimit)
	defer cancel()
	data, version, err := s.Store.Load(ctx, s.key(ctx))
	r := record[C]{version: version}
	if err != nil {
		s.report(ctx, "load", err)
		r.failed = version == "" // with one, the record is there and can be replaced
		return r
	}
	if version == "" || len(data) == 0 {
		return r
	}
	if err := json.Unmarshal(data, &r.stored); err != nil {
		s.report(ctx, "load", errors.New("the stored session cannot be read"))
		r.stored = storedSession{}
		return r
	}
	r.seq = r.stored.Seq
	if f := r.stored.Refusal; f != nil {
		until := time.UnixMilli(f.Until)
		r.refusal = &refusal{
			mark: f.Mark, err: &reportedRefusal{f.Text, until}, until: until,
			wait: min(max(time.Duration(f.Wait)*time.Millisecond, firstRefusal), mostRefusal),
		}
	}
	if r.stored.ID == "" {
		return r
	}
	value, err := s.Decode(r.stored.Data)
	if err != nil {
		s.report(ctx, "load", err)
		return r
	}
	// A clock that is ahead has not obtained it in the future.
	r.held = s.hold(value, minTime(time.UnixMilli(r.stored.Obtained), s.Clock.Now()))
	r.held.id, r.held.seq, r.held.shared = r.stored.ID, r.seq, true
	return r
}

// share saves fresh credentials over the record that was read. When another process was faster, its session is the one
// to use and the caller's own is surplus, unless the caller insists.
func (s *Session[C]) share(ctx context.Context, seen record[C], h held[C], insist bool) (held[C], []C) {
	// The session is there: a caller that no longer waits for it is no reason not to keep it.
	ctx = context.WithoutCancel(ctx)
	data, err := s.Encode(h.value)
	if err != nil {
		s.report(ctx, "save", err)
		return h, nil
	}
	version := seen.version
	for range 3 {
		err = s.save(ctx, storedSession{Data: data, ID: h.id, Seq: h.seq, Obtained: h.obtained.UnixMilli()}, version, s.keep(h))
		if err == nil {
			h.saved = true
			return h, nil
		}
		if !errors.Is(err, secureaccess.ErrStoreConflict) {
			break
		}
		now := s.load(ctx)
		if now.failed {
			return h, nil
		}
		if !insist && now.held.ok && now.held.id != seen.held.id && now.held.serves(s.Clock.Now()) {
			return now.held, []C{h.value}
		}
		version, h.seq = now.version, max(h.seq, now.seq+1)
	}
	s.report(ctx, "save", err)
	return h, nil
}

// saveRefusal tells other processes that the credentials were refused. The session in the record stays, unless it was
// refused as well.
func (s *Session[C]) saveRefusal(ctx context.Context, a *attempt[C], entry refusal) {
	record := a.record.stored
	keep := s.keep(a.record.held)
	if a.refused && a.last.id == record.ID {
		record.Data, record.ID, record.Obtained = nil, "", 0
	}
	if record.ID == "" {
		keep = entry.wait + refusalFades
	}
	record.Refusal = &storedRefusal{
		Mark: entry.mark, Until: entry.until.UnixMilli(), Wait: entry.wait.Milliseconds(), Text: refusalText(entry.err.Error()),
	}
	err := s.save(context.WithoutCancel(ctx), record, a.record.version, max(keep, entry.wait+refusalFades))
	if err != nil && !errors.Is(err, secureaccess.ErrStoreConflict) { // the other process knows better
		s.report(ctx, "save", err)
	}
}

func (s *Session[C]) save(ctx context.Context, record storedSession, version string, ttl time.Duration) error {
	data, err := json.Marshal(record)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, storeLimit)
	defer cancel()
	_, err = s.Store.Save(ctx, s.key(ctx), data, version, ttl)
	return err
}

// keep is how long the store has to keep credentials.
func (s *Session[C]) keep(h held[C]) time.Duration {
	if left := h.ends.Sub(s.Clock.Now()); h.ok && left > 0 {
		return left
	}
	if s.Lifetime > 0 {
		return s.Lifetime
	}
	return storedFor
}

// lock waits for the sign-ins of other processes. Without the lock the sign-in goes on all the same.
func (s *Session[C]) lock(ctx context.Context) (unlock func()) {
	ctx, cancel := context.WithTimeout(ctx, lockWait)
	defer cancel()
	unlock, err := s.Store.Lock(ctx, s.key(ctx), lockLease)
	if err != nil {
		s.report(ctx, "lock", err)
		return func() {}
	}
	return unlock
}

// refusalText bounds a text that other programs will print.
func refusalText(text string) string {
	const most = 512
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text, "?")), " ")
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "..."
	}
	return text
}
