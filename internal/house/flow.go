package house

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// flow finds the operations that a function reaches: the calls of rest.GET and its like, in it and in what it calls
// within its product. Templates are followed through constants, local variables and parameters. A part of a template
// that only the program knows is unknown.
type flow struct {
	module *Module
	bodies map[*types.Func]body
}

type body struct {
	pkg  *Package
	decl *ast.FuncDecl
}

// site is one call that begins an operation; more than one alternative when its template is chosen at run time.
type site struct {
	pos          token.Pos
	alternatives []string // "GET /api/v1/sa"
}

// unknown stands in a text for a part that is not known.
const unknown = "\x00"

// value is what an expression may be.
type value struct {
	texts []string
	funcs []*types.Func
}

// maxAlternatives bounds the texts that are followed.
const maxAlternatives = 32

// verbs are the functions of internal/rest that begin an operation.
var verbs = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"}

func newFlow(m *Module) *flow {
	f := &flow{m, map[*types.Func]body{}}
	for _, p := range m.Packages {
		if p.Product() == "" || p.Fake() {
			continue
		}
		for _, file := range p.Files {
			functions(file, func(decl *ast.FuncDecl, _ string) {
				if fn, ok := p.Info.Defs[decl.Name].(*types.Func); ok && decl.Body != nil {
					f.bodies[fn] = body{p, decl}
				}
			})
		}
	}
	return f
}

func (f *flow) begins(fn *types.Func) bool {
	return fn.Pkg() != nil && fn.Pkg().Path() == f.module.Path+"/internal/rest" && fn.Signature().Recv() == nil && slices.Contains(verbs, fn.Name())
}

// reach returns the sites that a call of fn reaches. Stack has the functions on the way.
func (f *flow) reach(fn *types.Func, bound map[types.Object]value, stack []*types.Func) []site {
	b, ok := f.bodies[fn]
	if !ok || slices.Contains(stack, fn) || len(stack) > 12 {
		return nil
	}
	s := &scope{flow: f, body: b, bound: bound, stack: append(slices.Clone(stack), fn)}
	called := map[*ast.Ident]bool{}
	var sites []site
	ast.Inspect(b.decl.Body, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			if name := calleeName(call.Fun); name != nil {
				called[name] = true
				sites = append(sites, s.call(call, name)...)
			}
		}
		return true
	})
	// A function that is handed on is as good as called: s.List, given to what iterates over pages.
	ast.Inspect(b.decl.Body, func(n ast.Node) bool {
		if name, ok := n.(*ast.Ident); ok && !called[name] {
			if other, ok := b.pkg.Info.Uses[name].(*types.Func); ok {
				sites = append(sites, f.reach(other.Origin(), nil, s.stack)...)
			}
		}
		return true
	})
	return sites
}

// scope is a function under examination.
type scope struct {
	flow    *flow
	body    body
	bound   map[types.Object]value // what its parameters may be
	stack   []*types.Func
	looking []types.Object // variables whose values are being collected
}

func calleeName(e ast.Expr) *ast.Ident {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return calleeName(e.X)
	case *ast.IndexExpr:
		return calleeName(e.X)
	case *ast.IndexListExpr:
		return calleeName(e.X)
	case *ast.SelectorExpr:
		return e.Sel
	case *ast.Ident:
		return e
	}
	return nil
}

// call returns the sites of one call expression.
func (s *scope) call(call *ast.CallExpr, name *ast.Ident) []site {
	var callees []*types.Func
	switch object := s.body.pkg.Info.Uses[name].(type) {
	case *types.Func:
		callees = []*types.Func{object.Origin()}
	case *types.Var:
		callees = s.value(name).funcs
	}
	begun := site{pos: call.Pos()}
	var sites []site
	for _, callee := range callees {
		if s.flow.begins(callee) && len(call.Args) > 0 {
			for _, template := range s.value(call.Args[0]).texts {
				begun.alternatives = append(begun.alternatives, callee.Name()+" "+template)
			}
			continue
		}
		sites = append(sites, s.flow.reach(callee, s.bind(callee, call), s.stack)...)
	}
	if len(begun.alternatives) > 0 {
		sites = append(sites, begun)
	}
	return sites
}

// bind gives the parameters of callee what the call passes.
func (s *scope) bind(callee *types.Func, call *ast.CallExpr) map[types.Object]value {
	sig := callee.Signature()
	bound := map[types.Object]value{}
	if selector, ok := call.Fun.(*ast.SelectorExpr); ok && sig.Recv() != nil {
		bound[sig.Recv()] = s.value(selector.X)
	}
	for i := range min(sig.Params().Len(), len(call.Args)) {
		if sig.Variadic() && i == sig.Params().Len()-1 {
			break
		}
		bound[sig.Params().At(i)] = s.value(call.Args[i])
	}
	return bound
}

// value returns what an expression may be.
func (s *scope) value(e ast.Expr) value {
	info := s.body.pkg.Info
	if tv, ok := info.Types[e]; ok && tv.Value != nil && tv.Value.Kind() == constant.String {
		return value{texts: []string{constant.StringVal(tv.Value)}}
	}
	switch e := e.(type) {
	case *ast.ParenExpr:
		return s.value(e.X)
	case *ast.BinaryExpr:
		if e.Op == token.ADD {
			return value{texts: cross(s.value(e.X).texts, s.value(e.Y).texts)}
		}
	case *ast.CallExpr:
		if tv, ok := info.Types[e.Fun]; ok && tv.IsType() && len(e.Args) == 1 {
			return s.value(e.Args[0])
		}
	case *ast.IndexExpr:
		if name := calleeName(e); name != nil {
			if fn, ok := info.Uses[name].(*types.Func); ok {
				return value{funcs: []*types.Func{fn.Origin()}}
			}
		}
	case *ast.SelectorExpr:
		return s.value(e.Sel)
	case *ast.Ident:
		object := info.Uses[e]
		if object == nil {
			object = info.Defs[e]
		}
		if fn, ok := object.(*types.Func); ok {
			return value{funcs: []*types.Func{fn.Origin()}}
		}
		if v, ok := s.bound[object]; ok {
			return v
		}
		if v, ok := s.assigned(object); ok {
			return v
		}
	}
	return value{texts: []string{unknown}}
}

// assigned returns everything that is assigned to a local variable.
func (s *scope) assigned(object types.Object) (value, bool) {
	if object == nil || slices.Contains(s.looking, object) {
		return value{}, false
	}
	s.looking = append(s.looking, object)
	defer func() { s.looking = s.looking[:len(s.looking)-1] }()
	info := s.body.pkg.Info
	var all value
	found := false
	add := func(e ast.Expr) {
		v := s.value(e)
		all.texts = append(all.texts, v.texts...)
		all.funcs = append(all.funcs, v.funcs...)
		found = true
	}
	ast.Inspect(s.body.decl.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for i, left := range n.Lhs {
				name, ok := left.(*ast.Ident)
				if !ok || info.Defs[name] != object && info.Uses[name] != object {
					continue
				}
				if len(n.Rhs) == len(n.Lhs) && n.Tok != token.ADD_ASSIGN {
					add(n.Rhs[i])
				} else {
					all.texts, found = append(all.texts, unknown), true
				}
			}
		case *ast.ValueSpec:
			for i, name := range n.Names {
				if info.Defs[name] == object && i < len(n.Values) {
					add(n.Values[i])
				}
			}
		}
		return true
	})
	slices.Sort(all.texts)
	all.texts = slices.Compact(all.texts)
	return all, found
}

func cross(left, right []string) []string {
	if len(left)*len(right) > maxAlternatives {
		return []string{unknown}
	}
	var texts []string
	for _, l := range left {
		for _, r := range right {
			texts = append(texts, l+r)
		}
	}
	return texts
}

// exact reports whether every part of an operation is known.
func exact(operation string) bool { return !strings.Contains(operation, unknown) }
