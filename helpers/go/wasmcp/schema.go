// What a Go type means in JSON: its schema, and whether a value fits it.

package wasmcp

import (
	"encoding"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"
)

// A JSON Schema with the members that types and tags need.
type schema struct {
	Type        string             `json:"type,omitempty"`
	Description string             `json:"description,omitempty"`
	Enum        []string           `json:"enum,omitempty"`
	Items       *schema            `json:"items,omitempty"`
	Properties  map[string]*schema `json:"properties,omitempty"`
	Required    []string           `json:"required,omitempty"`
	Additional  any                `json:"additionalProperties,omitempty"` // False, or the schema of the values of a map.
}

// The name of the whole of the arguments in errors. Their members are named without it.
const arguments = "arguments"

var (
	ownJSON = reflect.TypeFor[json.Marshaler]()
	ownText = reflect.TypeFor[encoding.TextMarshaler]()
	words   = map[string]string{"string": "a string", "boolean": "a boolean", "number": "a number", "integer": "an integer",
		"array": "an array", "object": "an object", "null": "null", "": "any value"}
	kinds = map[reflect.Kind]string{reflect.Invalid: "null", reflect.String: "string", reflect.Bool: "boolean",
		reflect.Float64: "number", reflect.Slice: "array", reflect.Map: "object"}
)

// The schema of a type. It panics where there is none, when the program starts, so that `wasmcp build` says so.
func schemaOf(t reflect.Type, where string) *schema {
	kind, pointer := t.Kind(), reflect.PointerTo(t)
	switch {
	case strings.Count(where, ".") > 30:
		panic(fmt.Sprintf("wasmcp: the type of %.60s… contains itself, which has no schema here", where))
	case kind == reflect.Pointer:
		return schemaOf(t.Elem(), where)
	case pointer.Implements(ownJSON), kind == reflect.Interface:
		return &schema{}
	case pointer.Implements(ownText), kind == reflect.String, t == reflect.TypeFor[[]byte]():
		// Bytes are base64, as in encoding/json.
		return &schema{Type: "string"}
	case kind == reflect.Bool:
		return &schema{Type: "boolean"}
	case kind >= reflect.Int && kind <= reflect.Uint64:
		return &schema{Type: "integer"}
	case kind == reflect.Float32, kind == reflect.Float64:
		return &schema{Type: "number"}
	case kind == reflect.Slice:
		return &schema{Type: "array", Items: schemaOf(t.Elem(), where+".items")}
	case kind == reflect.Map && t.Key().Kind() == reflect.String:
		return &schema{Type: "object", Additional: schemaOf(t.Elem(), where+".values")}
	case kind == reflect.Struct:
		made := &schema{Type: "object", Properties: map[string]*schema{}, Additional: false}
		for _, field := range reflect.VisibleFields(t) {
			made.addField(field, where)
		}
		return made
	}
	panic(fmt.Sprintf("wasmcp: %s has the type %s, which has no JSON Schema here", where, t))
}

// A field has the tags `json`, `description` and `enum` (values with commas between). It is required unless it is a pointer, or has
// `omitempty` or `omitzero`.
func (s *schema) addField(field reflect.StructField, where string) {
	name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
	if !field.IsExported() || name == "-" || field.Anonymous && name == "" {
		return // The fields of an embedded struct are visible themselves.
	}
	if name == "" {
		name = field.Name
	}
	of := schemaOf(field.Type, where+"."+name)
	of.Description = field.Tag.Get("description")
	if values := field.Tag.Get("enum"); values != "" {
		of.Enum = strings.Split(values, ",")
	}
	s.Properties[name] = of
	if field.Type.Kind() != reflect.Pointer && !strings.Contains(options, "omit") {
		s.Required = append(s.Required, name)
	}
}

// What is wrong with a value of `encoding/json`, in words for the model.
func (s *schema) check(value any, name string) error {
	kind := kinds[reflect.ValueOf(value).Kind()]
	if number, isNumber := value.(float64); isNumber && s.Type == "integer" && number == math.Trunc(number) {
		kind = "integer"
	}
	if kind != s.Type && s.Type != "" {
		return fmt.Errorf("`%s` must be %s, not %s", name, words[s.Type], words[kind])
	}
	switch value := value.(type) {
	case string:
		if s.Enum != nil && !slices.Contains(s.Enum, value) {
			return fmt.Errorf("`%s` must be one of `%s`, not `%.100s`", name, strings.Join(s.Enum, "`, `"), value)
		}
	case []any:
		for i, item := range value {
			if s.Items == nil {
				break
			} else if err := s.Items.check(item, fmt.Sprintf("%s[%d]", name, i)); err != nil {
				return err
			}
		}
	case map[string]any:
		return s.checkMembers(value, name)
	}
	return nil
}

func (s *schema) checkMembers(members map[string]any, name string) error {
	inside := func(member string) string { return strings.TrimPrefix(name+"."+member, arguments+".") }
	for _, member := range slices.Sorted(maps.Keys(members)) {
		of, isKnown := s.Properties[member]
		if values, isMap := s.Additional.(*schema); isMap {
			of, isKnown = values, true
		}
		if !isKnown && s.Properties != nil {
			known := strings.Join(slices.Sorted(maps.Keys(s.Properties)), "`, `")
			return fmt.Errorf("`%s` is unknown; known: `%s`", inside(member), known)
		} else if !isKnown {
			continue
		} else if err := of.check(members[member], inside(member)); err != nil {
			return err
		}
	}
	for _, member := range s.Required {
		if _, isGiven := members[member]; !isGiven {
			return fmt.Errorf("`%s` is missing: it must be %s", inside(member), words[s.Properties[member].Type])
		}
	}
	return nil
}

// Reads JSON that fits the schema.
func (s *schema) read(text, name string, into any) error {
	var value any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		return err
	}
	if err := s.check(value, name); err != nil {
		return err
	}
	return json.Unmarshal([]byte(text), into)
}

// The JSON of a value, without the escapes that are made for HTML.
func toJSON(value any) (string, error) {
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(value)
	return strings.TrimSuffix(text.String(), "\n"), err
}
