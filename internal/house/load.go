package house

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Module is the source code under examination.
type Module struct {
	Path     string // import path of its root
	Fset     *token.FileSet
	Packages []*Package // in the order of their imports
	Loose    []*File    // Go files of nested modules and of other platforms: parsed, not type-checked
	Texts    []*Text    // Markdown
}

// Package is one package, type-checked.
type Package struct {
	Path  string // import path
	Rel   string // directory below the root, "" for the root itself
	Files []*File
	Tests []*File // parsed only
	Types *types.Package
	Info  *types.Info
}

// File is one Go file.
type File struct {
	Path   string // from the root, with slashes
	Source []byte
	Syntax *ast.File
}

// Text is one Markdown file.
type Text struct {
	Path   string
	Source []byte
}

// Name returns the name in the package clause.
func (p *Package) Name() string { return p.Types.Name() }

// Public reports whether programs outside the module can import the package.
func (p *Package) Public() bool {
	return p.Name() != "main" && !slices.Contains(strings.Split(p.Rel, "/"), "internal")
}

// Fake reports whether the package is an in-memory server or belongs to one.
func (p *Package) Fake() bool { return strings.HasSuffix(p.Rel, "test") }

// products are the directories of the product packages.
var products = []string{"pulseone", "ics", "msp", "sase", "sps"}

// Product returns the product that the package belongs to, "" for none.
func (p *Package) Product() string {
	first, _, _ := strings.Cut(p.Rel, "/")
	if slices.Contains(products, first) {
		return first
	}
	return ""
}

// Files returns every Go file of the module, tests included.
func (m *Module) Files() []*File {
	var files []*File
	for _, p := range m.Packages {
		files = append(append(files, p.Files...), p.Tests...)
	}
	return append(files, m.Loose...)
}

// listed is what go list says about a package.
type listed struct {
	ImportPath, Dir, Export            string
	Standard                           bool
	GoFiles, TestGoFiles, XTestGoFiles []string
	Module                             *struct{ Path string }
	Error                              *struct{ Err string }
	Name                               string
}

// Load parses and type-checks the module whose root is dir. Packages outside the module come as export data from the
// build cache, which go list fills.
func Load(dir string) (*Module, error) {
	packages, err := list(dir)
	if err != nil {
		return nil, err
	}
	main := packages[len(packages)-1].Module // -deps lists a package behind what it imports
	if main == nil {
		return nil, errors.New("house: go list names no module")
	}
	m := &Module{Path: main.Path, Fset: token.NewFileSet()}
	exports := map[string]string{}
	imports := &chain{own: map[string]*types.Package{}}
	imports.others = importer.ForCompiler(m.Fset, "gc", func(path string) (io.ReadCloser, error) {
		if exports[path] == "" {
			return nil, fmt.Errorf("no export data for %s", path)
		}
		return os.Open(exports[path])
	})
	parsed := map[string]bool{}
	for _, l := range packages {
		if l.Module == nil || l.Module.Path != m.Path {
			exports[l.ImportPath] = l.Export
			continue
		}
		p := &Package{Path: l.ImportPath, Rel: strings.TrimPrefix(strings.TrimPrefix(l.ImportPath, m.Path), "/")}
		for _, name := range l.GoFiles {
			file, err := m.parse(path.Join(p.Rel, name), filepath.Join(l.Dir, name))
			if err != nil {
				return nil, err
			}
			p.Files = append(p.Files, file)
			parsed[file.Path] = true
		}
		for _, name := range slices.Concat(l.TestGoFiles, l.XTestGoFiles) {
			file, err := m.parse(path.Join(p.Rel, name), filepath.Join(l.Dir, name))
			if err != nil {
				return nil, err
			}
			p.Tests = append(p.Tests, file)
			parsed[file.Path] = true
		}
		if len(p.Files) == 0 {
			m.Loose = append(m.Loose, p.Tests...)
			continue
		}
		if err := m.check(p, imports); err != nil {
			return nil, err
		}
	}
	return m, m.walk(dir, parsed)
}

func list(dir string) ([]listed, error) {
	cmd := exec.Command("go", "list", "-export", "-deps", "-json=ImportPath,Dir,Export,Standard,GoFiles,TestGoFiles,XTestGoFiles,Module,Name", "./...")
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	output, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("house: go list: %w: %s", err, stderr.Bytes())
	}
	var packages []listed
	for decoder := json.NewDecoder(bytes.NewReader(output)); ; {
		var l listed
		switch err := decoder.Decode(&l); {
		case errors.Is(err, io.EOF):
			if len(packages) == 0 {
				return nil, errors.New("house: go list found no packages")
			}
			return packages, nil
		case err != nil:
			return nil, err
		}
		packages = append(packages, l)
	}
}

func (m *Module) parse(rel, name string) (*File, error) {
	source, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return m.parseSource(rel, source)
}

func (m *Module) parseSource(rel string, source []byte) (*File, error) {
	syntax, err := parser.ParseFile(m.Fset, rel, source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	return &File{Path: rel, Source: source, Syntax: syntax}, nil
}

func (m *Module) check(p *Package, imports *chain) error {
	p.Info = &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{},
		Defs:  map[*ast.Ident]types.Object{},
		Uses:  map[*ast.Ident]types.Object{},
	}
	var syntax []*ast.File
	for _, file := range p.Files {
		syntax = append(syntax, file.Syntax)
	}
	config := types.Config{Importer: imports}
	checked, err := config.Check(p.Path, m.Fset, syntax, p.Info)
	if err != nil {
		return fmt.Errorf("house: %w", err)
	}
	p.Types = checked
	imports.own[p.Path] = checked
	m.Packages = append(m.Packages, p)
	return nil
}

// chain imports the module's packages as they were checked, so that their objects are the same everywhere.
type chain struct {
	own    map[string]*types.Package
	others types.Importer
}

func (c *chain) Import(path string) (*types.Package, error) {
	if p := c.own[path]; p != nil {
		return p, nil
	}
	if c.others == nil {
		return nil, fmt.Errorf("no package %s", path)
	}
	return c.others.Import(path)
}

// walk collects the files that go list did not name.
func (m *Module) walk(dir string, parsed map[string]bool) error {
	return filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := entry.Name()
		if entry.IsDir() {
			if name != dir && (strings.HasPrefix(base, ".") || base == "testdata" || base == "node_modules") {
				return filepath.SkipDir
			}
			return nil
		}
		rel, err := filepath.Rel(dir, name)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		switch filepath.Ext(base) {
		case ".go":
			if parsed[rel] {
				return nil
			}
			file, err := m.parse(rel, name)
			if err != nil {
				return err
			}
			m.Loose = append(m.Loose, file)
		case ".md":
			source, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			m.Texts = append(m.Texts, &Text{Path: rel, Source: source})
		}
		return nil
	})
}
