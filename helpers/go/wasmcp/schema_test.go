// Types as JSON Schemas, and values that fit them or not.

package wasmcp

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"
)

type place struct {
	Name   string            `json:"name" description:"As people say it"`
	Height *float64          `json:"height"`
	Units  string            `json:"units,omitempty" enum:"metric,imperial"`
	Tags   []string          `json:"tags,omitzero"`
	Known  map[string]int8   `json:"known,omitempty"`
	When   time.Time         `json:"when,omitzero"`
	Any    any               `json:"any,omitempty"`
	Raw    json.RawMessage   `json:"raw,omitempty"`
	Hidden string            `json:"-"`
	own    map[string]string // No field of the JSON.
}

type inner struct {
	place
	Level int
}

type endless struct {
	Next *endless `json:"next"`
}

func TestATypeHasASchema(t *testing.T) {
	const wanted = `{"type":"object","properties":{
		"name":{"type":"string","description":"As people say it"},"height":{"type":"number"},
		"units":{"type":"string","enum":["metric","imperial"]},"tags":{"type":"array","items":{"type":"string"}},
		"known":{"type":"object","additionalProperties":{"type":"integer"}},"when":{},"any":{},"raw":{}},
		"required":["name"],"additionalProperties":false}`
	for _, c := range []struct {
		of     any
		wanted string
	}{
		{place{}, wanted},
		{[]byte{}, `{"type":"string"}`},
		{[]bool{}, `{"type":"array","items":{"type":"boolean"}}`},
		{uint16(1), `{"type":"integer"}`},
		{struct{}{}, `{"type":"object","additionalProperties":false}`},
	} {
		made, err := toJSON(schemaOf(reflect.TypeOf(c.of), "it"))
		if err != nil {
			t.Fatal(err)
		}
		var got, wanted any
		if json.Unmarshal([]byte(made), &got) != nil || json.Unmarshal([]byte(c.wanted), &wanted) != nil {
			t.Fatal("no JSON")
		}
		if !reflect.DeepEqual(got, wanted) {
			t.Errorf("%T: %s", c.of, made)
		}
	}
	if of := schemaOf(reflect.TypeFor[inner](), "it"); of.Properties["name"] == nil || of.Properties["Level"] == nil {
		t.Errorf("an embedded struct: %v", of.Properties)
	}
}

func TestATypeWithoutASchemaIsToldAtTheStart(t *testing.T) {
	for _, of := range []any{make(chan int), map[int]string{}, func() {}, endless{}} {
		func() {
			defer func() {
				if reason, _ := recover().(string); !strings.HasPrefix(reason, "wasmcp: ") {
					t.Errorf("%T: %s", of, reason)
				}
			}()
			schemaOf(reflect.TypeOf(of), "it")
		}()
	}
}

func TestAWrongValueIsNamedWithItsPlace(t *testing.T) {
	of := schemaOf(reflect.TypeFor[place](), "it")
	for _, c := range []struct{ given, wanted string }{
		{`{"name":"Porto","height":1,"units":"metric","tags":["a"],"known":{"a":1},"any":[1,{"b":2}],"raw":null}`, ""},
		{`{}`, "`name` is missing: it must be a string"},
		{`[]`, "`arguments` must be an object, not an array"},
		{`{"name":null}`, "`name` must be a string, not null"},
		{`{"name":"a","size":1}`, "`size` is unknown; known: `any`, `height`, `known`, `name`, `raw`, `tags`, `units`, `when`"},
		{`{"name":"a","units":"kelvin"}`, "`units` must be one of `metric`, `imperial`, not `kelvin`"},
		{`{"name":"a","tags":["a",1]}`, "`tags[1]` must be a string, not a number"},
		{`{"name":"a","known":{"b":1.5}}`, "`known.b` must be an integer, not a number"},
		{`{"name":"a","known":{"b":300}}`, "json: cannot unmarshal number 300 into Go struct field place.known of type int8"},
		{`{"NAME":"a"}`, "`NAME` is unknown; known: `any`, `height`, `known`, `name`, `raw`, `tags`, `units`, `when`"},
		{`{`, "unexpected end of JSON input"},
	} {
		said, value := "", place{}
		if err := of.read(c.given, arguments, &value); err != nil {
			said = err.Error()
		}
		if said != c.wanted {
			t.Errorf("%s: %s", c.given, said)
		}
	}
}
