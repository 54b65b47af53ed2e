//go:build goexperiment.jsonv2 && !go1.27

package json

// With GOEXPERIMENT=jsonv2 before Go 1.27, go-json-experiment/json is an alias of that release's encoding/json/v2, which
// knows no `embed`: unknown members would be lost without a word. This line keeps such a build from compiling.
var _ = unset_GOEXPERIMENT_jsonv2_or_use_Go_1_27__this_release_of_it_loses_unknown_members
