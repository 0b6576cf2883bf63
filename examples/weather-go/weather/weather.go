// Package weather is the weather by the name of a place: a provider of MCP tools, a resource and a prompt, which asks Open-Meteo or a
// service with the same API.
//
// A provider is a component. It exports interfaces of the contract wasmcp:mcp (here provider, tools, resources and prompts) and imports
// the services that it uses (here settings and http); wit/world.wit says which. A server calls the exported functions, one call for each
// thing that a client asks, and speaks MCP to the clients. Memory is new at each call.
//
// The bindings want a package for each interface (export_wasmcp_mcp_tools and so on); those name the functions of this file. In a record
// the fields that are left out are absent.
package weather

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"

	. "go.bytecodealliance.org/pkg/wit/types"
	mcp "wit_component/wasmcp_mcp_model"
)

const version = "1.0.0"

// It names the language so that all examples can be served together: no two providers of a server may have the same URI.
const conditionsUri = "weather://go/conditions"

// Everything that is listed here changes only with the component, so that clients may keep it for an hour.
var cache = Some(mcp.CacheHint{TtlMs: 3_600_000, Scope: mcp.CacheScope_Public})

//go:embed schemas
var schemas embed.FS

// The weather codes of the WMO that Open-Meteo uses, in words.
var conditions = map[uint32]string{
	0: "clear sky", 1: "mainly clear", 2: "partly cloudy", 3: "overcast", 45: "fog", 48: "freezing fog",
	51: "light drizzle", 53: "drizzle", 55: "dense drizzle", 56: "light freezing drizzle", 57: "freezing drizzle",
	61: "light rain", 63: "rain", 65: "heavy rain", 66: "light freezing rain", 67: "freezing rain",
	71: "light snow", 73: "snow", 75: "heavy snow", 77: "snow grains",
	80: "light rain showers", 81: "rain showers", 82: "violent rain showers", 85: "light snow showers", 86: "snow showers",
	95: "thunderstorm", 96: "thunderstorm with light hail", 99: "thunderstorm with heavy hail",
}

// A collection while an argument is copied into the component would end the call. All memory is given back when the call ends.
func init() { debug.SetGCPercent(-1) }

// Describe says what the provider is and has. The catalogue is static: the server asks once, when it starts, and not at each call.
func Describe(mcp.Context) Result[mcp.ProviderInfo, mcp.McpError] {
	return ok(mcp.ProviderInfo{
		Implementation: mcp.Implementation{
			Name:        "weather",
			Version:     version,
			Title:       Some("Weather"),
			Description: Some("The weather now, by the name of a place."),
		},
		Instructions:      Some("For several places call `multi_weather` once: it asks for them at the same time."),
		Offers:            mcp.Offers_Tools | mcp.Offers_Resources | mcp.Offers_Prompts,
		Cache:             cache,
		CatalogueRevision: version,
		CatalogueStatic:   true,
	})
}

// ListTools is the list of tools. It has one page, as each list here, so that no cursor was ever given out.
func ListTools(_ mcp.Context, cursor Option[string]) Result[mcp.ToolPage, mcp.McpError] {
	if cursor.IsSome() {
		return fail[mcp.ToolPage](mcp.MakeMcpErrorInvalidCursor())
	}
	return ok(mcp.ToolPage{Cache: cache, Tools: []mcp.Tool{
		tool("echo", "Echo", "Says the message back."),
		tool("get_weather", "Weather at a place", "Conditions, temperature, humidity and wind at one place now."),
		tool("multi_weather", "Weather at several places",
			"The same for one to five places at once. A place that fails does not fail the others."),
	}})
}

// Nothing is changed by the tools. All but `echo` say what others have said, in an open world.
func tool(name, title, description string) mcp.Tool {
	tool := mcp.Tool{
		Name:        name,
		Title:       Some(title),
		Description: Some(description),
		Annotations: Some(mcp.ToolAnnotations{
			ReadOnlyHint:    Some(true),
			DestructiveHint: Some(false),
			IdempotentHint:  Some(true),
			OpenWorldHint:   Some(name != "echo"),
		}),
	}
	if schema, err := schemas.ReadFile("schemas/" + name + ".input.json"); err == nil {
		tool.InputSchema = string(schema)
	}
	if schema, err := schemas.ReadFile("schemas/" + name + ".output.json"); err == nil {
		tool.OutputSchema = Some(string(schema))
	}
	return tool
}

// CallTool runs a tool. What goes wrong is an output whose IsError is set, which the model reads; an McpError is for the client's program.
func CallTool(ctx mcp.Context, call mcp.ToolCall) Result[mcp.ToolLeg, mcp.McpError] {
	tools := map[string]func(mcp.Context, string) (mcp.ToolOutput, error){
		"echo": echo, "get_weather": getWeather, "multi_weather": multiWeather,
	}
	run, found := tools[call.Name]
	if !found {
		return fail[mcp.ToolLeg](mcp.MakeMcpErrorUnknownName(call.Name))
	}
	output, err := recovered(func() (mcp.ToolOutput, error) { return run(ctx, call.Arguments) })
	if err != nil {
		output = textOutput(err.Error())
		output.IsError = true
	}
	return ok(mcp.ToolLeg{Outcome: mcp.MakeToolOutcomeComplete(output)})
}

// A panic would end the call, and the model would read "internal error".
func recovered(run func() (mcp.ToolOutput, error)) (output mcp.ToolOutput, err error) {
	defer func() {
		if reason := recover(); reason != nil {
			err = fmt.Errorf("the tool failed: %v", reason)
		}
	}()
	return run()
}

// ListResources is the list of resources.
func ListResources(_ mcp.Context, cursor Option[string]) Result[mcp.ResourcePage, mcp.McpError] {
	if cursor.IsSome() {
		return fail[mcp.ResourcePage](mcp.MakeMcpErrorInvalidCursor())
	}
	return ok(mcp.ResourcePage{Cache: cache, Resources: []mcp.ResourceInfo{{
		Uri:         conditionsUri,
		Name:        "conditions",
		Title:       Some("Weather codes"),
		Description: Some("What each weather code of the WMO means."),
		MimeType:    Some("application/json"),
	}}})
}

// ListTemplates is the list of resource templates, which is empty.
func ListTemplates(_ mcp.Context, cursor Option[string]) Result[mcp.ResourceTemplatePage, mcp.McpError] {
	if cursor.IsSome() {
		return fail[mcp.ResourceTemplatePage](mcp.MakeMcpErrorInvalidCursor())
	}
	return ok(mcp.ResourceTemplatePage{Cache: cache})
}

// ReadResource reads a resource.
func ReadResource(_ mcp.Context, read mcp.ResourceRead) Result[mcp.ResourceLeg, mcp.McpError] {
	if read.Uri != conditionsUri {
		return fail[mcp.ResourceLeg](mcp.MakeMcpErrorResourceNotFound(read.Uri))
	}
	contents := mcp.ResourceContents{
		Uri:      read.Uri,
		MimeType: Some("application/json"),
		Body:     mcp.MakeResourceBodyText(toJson(conditions)),
	}
	output := mcp.ResourceOutput{Contents: []mcp.ResourceContents{contents}, Cache: cache}
	return ok(mcp.ResourceLeg{Outcome: mcp.MakeResourceOutcomeComplete(output)})
}

// ListPrompts is the list of prompts.
func ListPrompts(_ mcp.Context, cursor Option[string]) Result[mcp.PromptPage, mcp.McpError] {
	if cursor.IsSome() {
		return fail[mcp.PromptPage](mcp.MakeMcpErrorInvalidCursor())
	}
	return ok(mcp.PromptPage{Cache: cache, Prompts: []mcp.Prompt{{
		Name:        "plan_day",
		Title:       Some("Plan a day"),
		Description: Some("Plans a day outdoors by the weather."),
		Arguments: []mcp.PromptArgument{
			{Name: "city", Description: Some("The name of a place"), Required: Some(true)},
		},
	}}})
}

// GetPrompt fills in a prompt. Here a wrong argument is an McpError: no model reads it.
func GetPrompt(_ mcp.Context, get mcp.PromptGet) Result[mcp.PromptLeg, mcp.McpError] {
	if get.Name != "plan_day" {
		return fail[mcp.PromptLeg](mcp.MakeMcpErrorUnknownName(get.Name))
	}
	city := ""
	for _, argument := range get.Arguments {
		if argument.F0 == "city" {
			city = strings.TrimSpace(argument.F1)
		}
	}
	if city == "" {
		detail := mcp.ErrorDetail{Message: "`city` is missing: it must be a string"}
		return fail[mcp.PromptLeg](mcp.MakeMcpErrorInvalidParams(detail))
	}
	text := fmt.Sprintf(
		"Plan a day outdoors in %s. Ask the tool `get_weather` for %s first, and say what to wear.", city, city)
	message := mcp.PromptMessage{Role: mcp.Role_User, Content: textBlock(text)}
	output := mcp.PromptOutput{Messages: []mcp.PromptMessage{message}}
	return ok(mcp.PromptLeg{Outcome: mcp.MakePromptOutcomeComplete(output)})
}

func ok[T any](value T) Result[T, mcp.McpError] { return Ok[T, mcp.McpError](value) }

func fail[T any](err mcp.McpError) Result[T, mcp.McpError] { return Err[T](err) }

func echo(_ mcp.Context, arguments string) (mcp.ToolOutput, error) {
	message, err := onlyArgument(arguments, "message", "a string", stringArgument)
	return textOutput(message), err
}

func getWeather(ctx mcp.Context, arguments string) (mcp.ToolOutput, error) {
	place, err := onlyArgument(arguments, "location", "a string", location)
	if err != nil {
		return mcp.ToolOutput{}, err
	}
	reports, err := askForAll(ctx, []string{place})
	if err != nil {
		return mcp.ToolOutput{}, err
	}
	return structuredOutput(reports[0].report), reports[0].err
}

func multiWeather(ctx mcp.Context, arguments string) (mcp.ToolOutput, error) {
	cities, err := onlyArgument(arguments, "cities", "an array of strings", locations)
	if err != nil {
		return mcp.ToolOutput{}, err
	}
	reports, err := askForAll(ctx, cities)
	if err != nil {
		return mcp.ToolOutput{}, err
	}
	type entry struct {
		Location string  `json:"location"`
		Weather  *report `json:"weather,omitempty"`
		Error    string  `json:"error,omitempty"`
	}
	var entries []entry
	var failures []string
	for i, city := range cities {
		if err := reports[i].err; err != nil {
			entries = append(entries, entry{Location: city, Error: err.Error()})
			failures = append(failures, city+": "+err.Error())
		} else {
			entries = append(entries, entry{Location: city, Weather: &reports[i].report})
		}
	}
	if len(failures) == len(cities) {
		return mcp.ToolOutput{}, errors.New(strings.Join(failures, "\n"))
	}
	return structuredOutput(map[string]any{"cities": entries}), nil
}

func textBlock(text string) mcp.ContentBlock {
	return mcp.MakeContentBlockText(mcp.TextContent{Text: text})
}

func textOutput(text string) mcp.ToolOutput {
	return mcp.ToolOutput{Content: []mcp.ContentBlock{textBlock(text)}}
}

// The text repeats the structured content for clients that do not read that.
func structuredOutput(content any) mcp.ToolOutput {
	output := textOutput(toJson(content))
	output.StructuredContent = Some(toJson(content))
	return output
}

// The JSON of a value, with the keys of a map in order, and without the escapes that are made for HTML.
func toJson(value any) string {
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		panic(err)
	}
	return strings.TrimSuffix(text.String(), "\n")
}
