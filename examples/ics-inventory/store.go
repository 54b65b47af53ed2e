package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/secureaccess-go/secureaccess/examples/internal/outfile"
	"github.com/secureaccess-go/secureaccess/ics"
)

// store is the directory of the files.
type store struct {
	root *os.Root // nil where there is no directory yet
}

// listFile lists the files of the last run.
const listFile = ".inventory"

// open opens the directory, and makes it unless nothing is to be written.
func open(dir string, readOnly bool) (*store, error) {
	if !readOnly {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, err
		}
	}
	root, err := os.OpenRoot(dir)
	if readOnly && errors.Is(err, fs.ErrNotExist) {
		return &store{}, nil
	}
	return &store{root}, err
}

func (s *store) close() {
	if s.root != nil {
		_ = s.root.Close()
	}
}

// file is what a file holds: the path is there because a file's name can be shortened.
type file struct {
	Path  ics.Path        `json:"path"`
	Value json.RawMessage `json:"value"`
}

// save writes what changed, and with all removes the files of objects that are gone. However it ends, the list names every
// file that it wrote: a file that is in no list would stay for ever.
func (s *store) save(ctx context.Context, objects []ics.Object, all bool) (wrote, removed int, err error) {
	before, err := s.names()
	if err != nil {
		return 0, 0, err
	}
	names := map[string]bool{}
	for _, object := range objects {
		name := nameOf(object.Path)
		if names[name] {
			return 0, 0, fmt.Errorf("two objects would be kept in %s", name)
		}
		names[name] = true
	}
	union := maps.Clone(names)
	for _, name := range before {
		union[name] = true
	}
	if err := s.list(union); err != nil {
		return 0, 0, err
	}
	for _, object := range objects {
		if err := ctx.Err(); err != nil {
			return wrote, removed, err
		}
		name := nameOf(object.Path)
		content, err := format(object)
		if err != nil {
			return wrote, removed, fmt.Errorf("%s: %w", name, err)
		}
		if err := s.root.MkdirAll(path.Dir(name), 0o700); err != nil {
			return wrote, removed, err
		}
		changed, err := outfile.Write(s.root, name, content)
		if err != nil {
			return wrote, removed, err
		}
		if changed {
			wrote++
		}
	}
	if !all {
		return wrote, removed, nil
	}
	for _, name := range before {
		if names[name] {
			continue
		}
		switch err := s.root.Remove(name); {
		case err == nil:
			removed++
		case !errors.Is(err, fs.ErrNotExist):
			return wrote, removed, err
		}
		s.prune(path.Dir(name))
	}
	return wrote, removed, s.list(names)
}

// list writes the list of the files, unless it is the same already.
func (s *store) list(names map[string]bool) error {
	var list strings.Builder
	for _, name := range sorted(names) {
		list.WriteString(name + "\n")
	}
	_, err := outfile.Write(s.root, listFile, []byte(list.String()))
	return err
}

// prune removes directories that became empty; others it cannot remove.
func (s *store) prune(dir string) {
	for dir != "." && s.root.Remove(dir) == nil {
		dir = path.Dir(dir)
	}
}

// names returns the files of the last run, none before the first.
func (s *store) names() ([]string, error) {
	if s.root == nil {
		return nil, nil
	}
	data, err := s.root.ReadFile(listFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	names := strings.Fields(string(data)) // file names have no blanks
	for _, name := range names {
		if !fs.ValidPath(name) || !strings.HasSuffix(name, ".json") {
			return nil, fmt.Errorf("%s names %q, which is no file of this program", listFile, name)
		}
	}
	return names, nil
}

// load reads the objects of the last run.
func (s *store) load() ([]ics.Object, error) {
	names, err := s.names()
	if err != nil {
		return nil, err
	}
	var objects []ics.Object
	for _, name := range names {
		data, err := s.root.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue // it counts as removed, and so as added now
		}
		if err != nil {
			return nil, err
		}
		var f file
		if err := json.Unmarshal(data, &f); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		objects = append(objects, ics.Object{Path: f.Path, Value: f.Value})
	}
	return objects, nil
}

// format writes an object with sorted members and a line for each.
func format(object ics.Object) ([]byte, error) {
	var value any
	dec := json.NewDecoder(bytes.NewReader(object.Value))
	dec.UseNumber()
	if err := dec.Decode(&value); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	objectPath := object.Path
	if objectPath == nil {
		objectPath = ics.Path{}
	}
	err := enc.Encode(struct {
		Path  ics.Path `json:"path"`
		Value any      `json:"value"`
	}{objectPath, value})
	return out.Bytes(), err
}

// nameOf returns the file of an object: a directory for each segment of its path, in names that every file system takes
// and tells apart.
func nameOf(p ics.Path) string {
	if len(p) == 0 {
		return "configuration.json"
	}
	segments := []string{"configuration"}
	for _, segment := range p {
		segments = append(segments, segmentName(segment))
	}
	return path.Join(segments...) + ".json"
}

// longest is how long the name of a file may be, with room for its ending.
const longest = 200

func segmentName(segment string) string {
	var b strings.Builder
	upper := false
	for _, c := range []byte(segment) {
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '-', c == '_':
			b.WriteByte(c)
		case c >= 'A' && c <= 'Z':
			upper = true
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	name := b.String()
	if !upper && len(name) <= longest {
		return name
	}
	// Two names that differ in case only, or in their ends, are two files everywhere.
	sum := sha256.Sum256([]byte(segment))
	return name[:min(len(name), longest)] + "." + hex.EncodeToString(sum[:4])
}

func sorted(names map[string]bool) []string {
	list := make([]string, 0, len(names))
	for name := range names {
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}
