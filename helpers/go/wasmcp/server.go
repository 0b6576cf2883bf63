// Package wasmcp makes tools, resources and prompts of an MCP server from typed functions, over the bindings of the contract.
//
// Register in an `init` of package main. What is registered is a record of the contract, whose other fields can be set.
package wasmcp

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"runtime/debug"
	"slices"
	"strings"

	. "go.bytecodealliance.org/pkg/wit/types"
	mcp "wit_component/wasmcp_mcp_model"
)

// A collection while an argument is copied into the component would end the call. All memory is given back when the call ends.
func init() { debug.SetGCPercent(-1) }

// Offers is what the world exports. The packages that export it set it.
var Offers mcp.Offers

var (
	info      *mcp.ProviderInfo
	tools     registry[mcp.Tool, mcp.ToolOutput]
	resources registry[mcp.ResourceInfo, mcp.ResourceOutput]
	prompts   registry[mcp.Prompt, mcp.PromptOutput]
)

// What is listed, in order, and by name what makes the output of a request's text: arguments, or a URI. An instance serves one call, so
// that what only a list needs is added when it is asked for.
type registry[L, O any] struct {
	listed []*L
	finish []func(*L)
	run    map[string]func(*Context, string) (O, error)
}

func (r *registry[L, O]) add(name string, listed *L, finish func(*L), run func(*Context, string) (O, error)) *L {
	if r.run == nil {
		r.run = map[string]func(*Context, string) (O, error){}
	} else if r.run[name] != nil {
		panic("wasmcp: there are two of the name " + name)
	}
	r.listed, r.finish, r.run[name] = append(r.listed, listed), append(r.finish, finish), run
	return listed
}

func (r *registry[L, O]) records() (records []L) {
	for i, listed := range r.listed {
		record := *listed
		r.finish[i](&record)
		records = append(records, record)
	}
	return records
}

// Server says what the provider is.
func Server(name, version string) *mcp.ProviderInfo {
	info = &mcp.ProviderInfo{Implementation: mcp.Implementation{Name: name, Version: version}, CatalogueStatic: true}
	return info
}

// Tool registers a function as a tool. The fields of In, a struct, are its arguments: they have the tags `json` and `description`. Out is
// a string, content of the contract ([]mcp.ContentBlock or mcp.ToolOutput), or a type whose JSON is the structured result.
func Tool[In, Out any](name, description string, run func(*Context, In) (Out, error)) *mcp.Tool {
	finish := func(listed *mcp.Tool) {
		listed.InputSchema = must(toJSON(schemaOf(reflect.TypeFor[In](), name)))
		if out := resultSchema[Out](name); out != nil {
			listed.OutputSchema = Some(must(toJSON(out)))
		}
	}
	listed := &mcp.Tool{Name: name, Description: some(description)}
	return tools.add(name, listed, finish, func(ctx *Context, given string) (mcp.ToolOutput, error) {
		output, err := guarded(func() (output mcp.ToolOutput, err error) {
			var values In
			if err := schemaOf(reflect.TypeFor[In](), name).read(given, arguments, &values); err != nil {
				return output, err
			}
			result, err := run(ctx, values)
			if err != nil {
				return output, err
			}
			return toolOutput(result, resultSchema[Out](name))
		})
		if err == nil || errors.As(err, new(ContractError)) || errors.As(err, new(again)) || errors.As(err, new(question)) {
			return output, err
		}
		return mcp.ToolOutput{Content: []mcp.ContentBlock{Text(err.Error())}, IsError: true}, nil
	})
}

// The schema of structured results.
func resultSchema[Out any](name string) *schema {
	switch any(*new(Out)).(type) {
	case string, []mcp.ContentBlock, mcp.ToolOutput:
		return nil
	}
	return schemaOf(reflect.TypeFor[Out](), name)
}

// ReadOnly are the hints of a tool that changes nothing. A host may run such a tool twice.
func ReadOnly() Option[mcp.ToolAnnotations] {
	return Some(mcp.ToolAnnotations{ReadOnlyHint: Some(true), DestructiveHint: Some(false), IdempotentHint: Some(true)})
}

// Resource registers a function as a resource. It returns a string, bytes, or anything with JSON; nil is for a resource that is not there.
func Resource(uri, name, description string, run func(*Context) (any, error)) *mcp.ResourceInfo {
	listed := &mcp.ResourceInfo{Uri: uri, Name: name, Description: some(description)}
	finish := func(*mcp.ResourceInfo) {}
	return resources.add(uri, listed, finish, func(ctx *Context, _ string) (output mcp.ResourceOutput, err error) {
		value, err := run(ctx)
		if err == nil {
			output, err = resourceOutput(listed, value)
		}
		return output, err
	})
}

// Prompt registers a function as a prompt. The fields of In are strings.
func Prompt[In any](name, description string, run func(*Context, In) ([]mcp.PromptMessage, error)) *mcp.Prompt {
	finish := func(listed *mcp.Prompt) {
		in := schemaOf(reflect.TypeFor[In](), name)
		for _, argument := range slices.Sorted(maps.Keys(in.Properties)) {
			of := in.Properties[argument]
			if of.Type != "string" {
				panic(fmt.Sprintf("wasmcp: `%s` of the prompt %s is no string: a client has texts alone", argument, name))
			}
			required := Some(slices.Contains(in.Required, argument))
			about := mcp.PromptArgument{Name: argument, Description: some(of.Description), Required: required}
			listed.Arguments = append(listed.Arguments, about)
		}
	}
	listed := &mcp.Prompt{Name: name, Description: some(description)}
	return prompts.add(name, listed, finish, func(ctx *Context, given string) (output mcp.PromptOutput, err error) {
		var values In
		if err := schemaOf(reflect.TypeFor[In](), name).read(given, arguments, &values); err != nil {
			return output, ContractError{mcp.MakeMcpErrorInvalidParams(mcp.ErrorDetail{Message: err.Error()})}
		}
		output.Messages, err = run(ctx, values)
		return output, err
	})
}

// Text is content that is a text. Bytes that are not UTF-8 are replaced: they would end the call.
func Text(text string) mcp.ContentBlock {
	return mcp.MakeContentBlockText(mcp.TextContent{Text: valid(text)})
}

// Image is content that is an image.
func Image(data []byte, mimeType string) mcp.ContentBlock {
	return mcp.MakeContentBlockImage(mcp.MediaContent{Data: data, MimeType: mimeType})
}

// User is a message of the user in a prompt.
func User(text string) mcp.PromptMessage {
	return mcp.PromptMessage{Role: mcp.Role_User, Content: Text(text)}
}

func toolOutput(result any, out *schema) (mcp.ToolOutput, error) {
	switch result := result.(type) {
	case string:
		return mcp.ToolOutput{Content: []mcp.ContentBlock{Text(result)}}, nil
	case []mcp.ContentBlock:
		return mcp.ToolOutput{Content: result}, nil
	case mcp.ToolOutput:
		return result, nil
	}
	text, err := toJSON(result)
	if err == nil {
		err = out.read(text, "result", new(any))
	}
	if err != nil {
		return mcp.ToolOutput{}, fmt.Errorf("the tool returned what its type does not allow: %w", err)
	}
	// The text repeats the structured content, for clients that do not read that.
	return mcp.ToolOutput{Content: []mcp.ContentBlock{Text(text)}, StructuredContent: Some(text)}, nil
}

func resourceOutput(listed *mcp.ResourceInfo, value any) (output mcp.ResourceOutput, err error) {
	contents := mcp.ResourceContents{Uri: listed.Uri, MimeType: Some("text/plain")}
	switch value := value.(type) {
	case nil:
		return output, ContractError{mcp.MakeMcpErrorResourceNotFound(listed.Uri)}
	case string:
		contents.Body = mcp.MakeResourceBodyText(valid(value))
	case []byte:
		contents.Body, contents.MimeType = mcp.MakeResourceBodyBlob(value), Some("application/octet-stream")
	default:
		text, err := toJSON(value)
		if err != nil {
			return output, err
		}
		contents.Body, contents.MimeType = mcp.MakeResourceBodyText(text), Some("application/json")
	}
	if listed.MimeType.IsSome() {
		contents.MimeType = listed.MimeType
	}
	return mcp.ResourceOutput{Contents: []mcp.ResourceContents{contents}, Cache: cache()}, nil
}

func valid(text string) string { return strings.ToValidUTF8(text, "\ufffd") }

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}
