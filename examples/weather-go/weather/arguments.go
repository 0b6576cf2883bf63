// The arguments of a tool, and what is wrong with them. The model reads it, so that it names the argument.

package weather

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The one argument that a tool has. The arguments are always an object, but the server has not checked them against the schema.
func onlyArgument[T any](arguments, name, wanted string, read func(string, any) (T, error)) (T, error) {
	var none T
	var given map[string]any
	if err := json.Unmarshal([]byte(arguments), &given); err != nil {
		return none, fmt.Errorf("the arguments are not a JSON object: %w", err)
	}
	argument, found := given[name]
	if !found {
		return none, fmt.Errorf("`%s` is missing: it must be %s", name, wanted)
	}
	value, err := read(name, argument)
	if err != nil {
		return none, err
	}
	delete(given, name)
	var unknown []string
	for name := range given {
		unknown = append(unknown, name)
	}
	if len(unknown) > 0 {
		return none, fmt.Errorf("`%s` is not an argument of this tool", slices.Min(unknown))
	}
	return value, nil
}

func stringArgument(name string, value any) (string, error) {
	text, isString := value.(string)
	if !isString {
		return "", fmt.Errorf("`%s` must be a string, not %s", name, kind(value))
	}
	return text, nil
}

// The name of a place, which is put into a URL and into messages.
func location(name string, value any) (string, error) {
	text, err := stringArgument(name, value)
	if err != nil {
		return "", err
	}
	text = strings.TrimSpace(text)
	if length := utf8.RuneCountInString(text); length < 1 || length > 100 {
		return "", fmt.Errorf("`%s` must have 1 to 100 characters, not %d", name, length)
	}
	if strings.ContainsFunc(text, unicode.IsControl) {
		return "", fmt.Errorf("`%s` must not have control characters", name)
	}
	return text, nil
}

func locations(name string, value any) ([]string, error) {
	items, isArray := value.([]any)
	if !isArray {
		return nil, fmt.Errorf("`%s` must be an array of strings, not %s", name, kind(value))
	}
	if len(items) < 1 || len(items) > 5 {
		return nil, fmt.Errorf("`%s` must have 1 to 5 items, not %d", name, len(items))
	}
	var found []string
	for i, item := range items {
		place, err := location(fmt.Sprintf("%s[%d]", name, i), item)
		if err != nil {
			return nil, err
		}
		found = append(found, place)
	}
	return found, nil
}

func kind(value any) string {
	switch value.(type) {
	case nil:
		return "null"
	case bool:
		return "a boolean"
	case float64:
		return "a number"
	case string:
		return "a string"
	case []any:
		return "an array"
	default:
		return "an object"
	}
}
