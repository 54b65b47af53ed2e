// Command sps-policies keeps the policies of a Safeguard for Privileged Sessions appliance as files.
//
//	sps-policies [-apply] [-m message] [folder]
//
// The folder holds a JSON file for each object, at the path of its endpoint: rdp/channel_policies/desktops.json. An
// object is found by its member "name". What a file says is compared with the appliance; members that it does not have
// are left alone, lists are compared as a whole. References are keys, or better names, which hold on every appliance:
//
//	"time_policy": {"@name": "policies/time_policies/nights"}
//
// Without -apply the differences are shown and nothing is changed. With -apply all of them are made in one transaction,
// which is rolled back on the first error, and also when the appliance does not take all of it, since it ignores
// members that it does not know: either everything in the folder holds, or nothing was done. Objects without a file are
// left alone.
//
// The appliance is that of these variables; without SPS_URL it is one in memory, with a folder of its own, to look
// around:
//
//	SPS_URL           address of the appliance: https://sps.example.com
//	SPS_USER          user with the privilege for the REST server
//	SPS_PASSWORD      its password
//	SPS_LOGIN_METHOD  login method, if it is not the default one
//	SPS_CA            file with the certificate of the authority to trust, if it is not among the machine's
//
// The exit code is 0 when the appliance is as the folder says, by now at least; 1 for an error; 2 for wrong arguments;
// 3 for differences that were shown only.
package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/x509"
	"embed"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/signal"
	"path"
	"reflect"
	"slices"
	"strings"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/sps"
	"github.com/secureaccess-go/secureaccess/sps/spstest"
)

//go:embed policies
var samples embed.FS

const (
	exitFailed      = 1
	exitUsage       = 2
	exitDifferences = 3
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

const usage = `usage: sps-policies [-apply] [-m message] [folder]

Compares a folder of JSON policies with an SPS appliance, and with -apply makes
the differences in one transaction.

  SPS_URL           address of the appliance; without it one in memory is used
  SPS_USER          user with the privilege for the REST server
  SPS_PASSWORD      its password
  SPS_LOGIN_METHOD  login method, if it is not the default one
  SPS_CA            certificate of the authority to trust, a file

`

// run is the program; it returns the exit code.
func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("sps-policies", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprint(stderr, usage)
		flags.PrintDefaults()
	}
	apply := flags.Bool("apply", false, "make the differences, in one transaction")
	message := flags.String("m", "", "commit message")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return exitUsage
	}
	if flags.NArg() > 1 || flags.NArg() == 0 && getenv("SPS_URL") != "" {
		flags.Usage()
		return exitUsage
	}
	fail := func(err error) int {
		fmt.Fprintln(stderr, "sps-policies:", err)
		return exitFailed
	}

	folder, err := fs.Sub(samples, "policies")
	if err != nil {
		return fail(err)
	}
	if flags.NArg() == 1 {
		folder = os.DirFS(flags.Arg(0))
	}
	wanted, err := load(folder)
	if err != nil {
		return fail(fmt.Errorf("%s: %w", cmp.Or(flags.Arg(0), "the samples"), err))
	}
	client, end, err := connect(getenv, stderr)
	if err != nil {
		return fail(err)
	}
	defer end()
	defer func() { _ = client.Close(context.WithoutCancel(ctx)) }() // no transaction is open by then

	var result tally
	if *apply {
		// Reading and writing in one transaction: nobody changes anything in between.
		err = client.Transact(ctx, *message, func(ctx context.Context, tx *sps.Tx) error {
			result, err = reconcile(ctx, tx, tx, wanted, stdout)
			if err != nil || result.create+result.change == 0 {
				return err
			}
			// The appliance ignores members that it does not know, such as mistyped ones, without a word.
			var left bytes.Buffer
			still, err := reconcile(ctx, tx, nil, wanted, &left)
			if err == nil && still.create+still.change > 0 {
				err = fmt.Errorf("the appliance did not take all of it; this is left:\n%s", strings.TrimRight(left.String(), "\n"))
			}
			return err
		})
	} else {
		result, err = reconcile(ctx, client, nil, wanted, stdout)
	}
	if err != nil {
		if *apply && !errors.Is(err, sps.ErrCommitUncertain) {
			fmt.Fprintln(stdout, "nothing was changed")
		}
		return fail(err)
	}
	verb := "to "
	if *apply {
		verb = ""
	}
	fmt.Fprintf(stdout, "%screate: %d, %schange: %d, as they should be: %d\n", verb, result.create, verb, result.change, result.same)
	if !*apply && result.create+result.change > 0 {
		return exitDifferences
	}
	return 0
}

// connect returns a client of the appliance that the environment names, or of one in memory.
func connect(getenv func(string) string, stderr io.Writer) (client *sps.Client, end func(), err error) {
	address := getenv("SPS_URL")
	if address == "" {
		server := spstest.New()
		if err := server.Start("127.0.0.1:0", nil); err != nil {
			return nil, nil, err
		}
		fmt.Fprintln(stderr, "sps-policies: no SPS_URL, so this is an appliance in memory")
		client, err := server.Client()
		return client, server.Close, err
	}
	var opts []secureaccess.Option
	if file := getenv("SPS_CA"); file != "" {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, nil, err
		}
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM(data) {
			return nil, nil, fmt.Errorf("%s holds no certificate", file)
		}
		opts = append(opts, secureaccess.WithRootCAs(pool))
	}
	client, err = sps.New(address, sps.PasswordWith(getenv("SPS_LOGIN_METHOD"), getenv("SPS_USER"), getenv("SPS_PASSWORD")), opts...)
	return client, func() {}, err
}

// object is what a file wants.
type object struct {
	endpoint, name string
	body           map[string]any
	needs          []string // paths of the objects it refers to by name
}

func (o *object) path() string { return o.endpoint + "/" + o.name }

// load reads the files of a folder, in an order in which they can be made: what others refer to comes first.
func load(folder fs.FS) ([]*object, error) {
	all := map[string]*object{}
	err := fs.WalkDir(folder, ".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path.Ext(file) != ".json" {
			return err
		}
		data, err := fs.ReadFile(folder, file)
		if err != nil {
			return err
		}
		o := &object{endpoint: path.Dir(file)}
		if err := decode(data, &o.body); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		if o.name, _ = o.body["name"].(string); o.name == "" || o.endpoint == "." {
			return fmt.Errorf("%s: it has no name, or is not in the folder of an endpoint", file)
		}
		if all[o.path()] != nil {
			return fmt.Errorf("%s: another file has an object of that name", file)
		}
		_, err = resolve(o.body, func(name string) (string, error) {
			o.needs = append(o.needs, name)
			return "", nil
		})
		all[o.path()] = o
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, errors.New("the folder holds no JSON file")
	}
	var ordered []*object
	state := map[string]int{} // 1: on the way, 2: in ordered
	var visit func(name string) error
	visit = func(name string) error {
		o := all[name]
		switch {
		case o == nil || state[name] == 2:
			return nil // it has to be on the appliance, or was there before
		case state[name] == 1:
			return fmt.Errorf("%s refers to itself, over others perhaps", name)
		}
		state[name] = 1
		for _, needed := range o.needs {
			if err := visit(needed); err != nil {
				return err
			}
		}
		state[name] = 2
		ordered = append(ordered, o)
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if err := visit(name); err != nil {
			return nil, err
		}
	}
	return ordered, nil
}

// decode reads JSON and keeps the digits of numbers.
func decode(data []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("there is more after the JSON object")
	}
	return nil
}

// resolve replaces references by name with what key returns for them.
func resolve(v any, key func(name string) (string, error)) (any, error) {
	switch v := v.(type) {
	case map[string]any:
		if name, ok := v["@name"].(string); ok && len(v) == 1 {
			return key(name)
		}
		resolved := map[string]any{}
		for _, name := range slices.Sorted(maps.Keys(v)) {
			member, err := resolve(v[name], key)
			if err != nil {
				return nil, err
			}
			resolved[name] = member
		}
		return resolved, nil
	case []any:
		resolved := make([]any, len(v))
		for i := range v {
			var err error
			if resolved[i], err = resolve(v[i], key); err != nil {
				return nil, err
			}
		}
		return resolved, nil
	}
	return v, nil
}

// tally counts objects.
type tally struct{ create, change, same int }

// inventory is what there is on an appliance, endpoint by endpoint, by name.
type inventory struct {
	from      sps.Reader
	endpoints map[string]map[string]*sps.Object[json.RawMessage]
	created   map[string]string // keys by path; "" for what would be made
}

// find returns an object by its name, nil if there is none.
func (i *inventory) find(ctx context.Context, endpoint, name string) (*sps.Object[json.RawMessage], error) {
	known, ok := i.endpoints[endpoint]
	if !ok {
		known = map[string]*sps.Object[json.RawMessage]{}
		for o, err := range sps.All(ctx, i.from, sps.Endpoint[json.RawMessage](endpoint)) {
			if err != nil {
				return nil, err
			}
			var named struct{ Name string }
			if json.Unmarshal(o.Body, &named) == nil {
				known[named.Name] = o
			}
		}
		i.endpoints[endpoint] = known
	}
	return known[name], nil
}

// key returns the key of an object by its path: endpoint and name.
func (i *inventory) key(ctx context.Context, name string) (string, error) {
	if key, ok := i.created[name]; ok {
		return cmp.Or(key, "the new "+name), nil
	}
	o, err := i.find(ctx, path.Dir(name), path.Base(name))
	if err != nil {
		return "", err
	}
	if o == nil {
		return "", fmt.Errorf("there is no %s to refer to", name)
	}
	return o.Key, nil
}

// reconcile compares what is wanted with what is there, shows the differences, and makes them if there is a
// transaction.
func reconcile(ctx context.Context, from sps.Reader, tx *sps.Tx, wanted []*object, out io.Writer) (tally, error) {
	var count tally
	there := &inventory{from, map[string]map[string]*sps.Object[json.RawMessage]{}, map[string]string{}}
	for _, o := range wanted {
		resolved, err := resolve(o.body, func(name string) (string, error) { return there.key(ctx, name) })
		if err != nil {
			return count, fmt.Errorf("%s: %w", o.path(), err)
		}
		current, err := there.find(ctx, o.endpoint, o.name)
		if err != nil {
			return count, err
		}
		if current == nil {
			fmt.Fprintf(out, "+ %s\n", o.path())
			count.create++
			there.created[o.path()] = ""
			if tx != nil {
				written, err := sps.Create(ctx, tx, sps.Endpoint[any](o.endpoint), resolved)
				if err != nil {
					return count, fmt.Errorf("%s: %w", o.path(), err)
				}
				there.created[o.path()] = written.Key
			}
			continue
		}
		flat, err := sps.Flatten(current.Body)
		if err != nil {
			return count, err
		}
		var have any
		if err := decode(flat, &have); err != nil {
			return count, err
		}
		differences := compare("", have, resolved)
		if len(differences) == 0 {
			count.same++
			continue
		}
		fmt.Fprintf(out, "~ %s\n    %s\n", o.path(), strings.Join(differences, "\n    "))
		count.change++
		if tx != nil {
			_, err := sps.Update(ctx, tx, current, func(body *json.RawMessage) error {
				*body, err = json.Marshal(overlay(have, resolved))
				return err
			})
			if err != nil {
				return count, fmt.Errorf("%s: %w", o.path(), err)
			}
		}
	}
	return count, nil
}

// compare describes where something is not as wanted.
func compare(at string, have, want any) []string {
	h, isObject := have.(map[string]any)
	w, wantObject := want.(map[string]any)
	if isObject && wantObject {
		var differences []string
		for _, name := range slices.Sorted(maps.Keys(w)) {
			where := strings.TrimPrefix(at+"."+name, ".")
			if value, ok := h[name]; ok {
				differences = append(differences, compare(where, value, w[name])...)
			} else {
				differences = append(differences, fmt.Sprintf("%s: nothing -> %s", where, text(w[name])))
			}
		}
		return differences
	}
	hl, isList := have.([]any)
	wl, wantList := want.([]any)
	if isList && wantList && len(hl) == len(wl) {
		var differences []string
		for i := range hl {
			differences = append(differences, compare(fmt.Sprintf("%s[%d]", at, i), hl[i], wl[i])...)
		}
		return differences
	}
	if reflect.DeepEqual(have, want) {
		return nil
	}
	return []string{fmt.Sprintf("%s: %s -> %s", at, text(have), text(want))}
}

func text(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(data)
}

// overlay returns what is there with what is wanted laid over it. Lists of the same length are gone through, so that
// what a file does not say about their elements is kept too.
func overlay(have, want any) any {
	switch w := want.(type) {
	case map[string]any:
		h, ok := have.(map[string]any)
		if !ok {
			return want
		}
		merged := maps.Clone(h)
		for name, value := range w {
			merged[name] = overlay(h[name], value)
		}
		return merged
	case []any:
		h, ok := have.([]any)
		if !ok || len(h) != len(w) {
			return want
		}
		merged := make([]any, len(w))
		for i := range w {
			merged[i] = overlay(h[i], w[i])
		}
		return merged
	}
	return want
}
