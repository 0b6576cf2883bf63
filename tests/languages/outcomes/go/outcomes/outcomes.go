// Package outcomes is every outcome that a call may have, in Go: legs, a question, bytes, settings and failures, as
// `tests/conversations/outcomes.toml` has them.
package outcomes

import (
	"encoding/json"
	"fmt"
	"runtime/debug"

	. "go.bytecodealliance.org/pkg/wit/types"
	mcp "wit_component/wasmcp_mcp_model"
	"wit_component/wasmcp_mcp_settings"
)

// It names the language: no two providers of a server may have the same URI.
const bytesUri = "outcomes://go/bytes"

const (
	noArguments = `{"type":"object"}`
	toSchema    = `{"type":"object","properties":{"to":{"type":"integer","minimum":1}},"required":["to"]}`
	keySchema   = `{"type":"object","properties":{"key":{"type":"string"}},"required":["key"]}`
	asSchema    = `{"type":"object","properties":{"as":{"type":"string"}},"required":["as"]}`
	kinds       = `["own","forbidden","unavailable","internal"]`
	form        = `{"type":"object","properties":{"name":{"type":"string"}},"required":["name"]}`
)

// A collection while an argument is copied into the component would end the call.
func init() { debug.SetGCPercent(-1) }

func Describe(mcp.Context) Result[mcp.ProviderInfo, mcp.McpError] {
	return ok(mcp.ProviderInfo{
		Implementation:    mcp.Implementation{Name: "outcomes", Version: "1.0.0"},
		Offers:            mcp.Offers_Tools | mcp.Offers_Resources | mcp.Offers_Logging,
		CatalogueRevision: "1",
		CatalogueStatic:   true,
	})
}

func ListTools(_ mcp.Context, cursor Option[string]) Result[mcp.ToolPage, mcp.McpError] {
	tool := func(name, description, schema string) mcp.Tool {
		return mcp.Tool{Name: name, Description: Some(description), InputSchema: schema}
	}
	return onlyPage(cursor, mcp.ToolPage{Tools: []mcp.Tool{
		tool("count", "Counts, each number in a leg.", toSchema),
		tool("ask", "Asks the user for a name.", noArguments),
		tool("picture", "Shows bytes in every kind of content.", noArguments),
		tool("setting", "Says what a setting is.", keySchema),
		tool("fail", "Fails as it is told to.", asSchema),
		tool("crash", "Fails as no tool should.", noArguments),
	}})
}

func CallTool(_ mcp.Context, call mcp.ToolCall) Result[mcp.ToolLeg, mcp.McpError] {
	var arguments struct {
		To      int
		Key, As string
	}
	if err := json.Unmarshal([]byte(call.Arguments), &arguments); err != nil {
		panic(err)
	}
	switch call.Name {
	case "count":
		return ok(count(arguments.To, call.Resumed))
	case "ask":
		return ok(mcp.ToolLeg{Outcome: mcp.MakeToolOutcomeInputRequired(question())})
	case "picture":
		return ok(mcp.ToolLeg{Outcome: complete(picture()...)})
	case "setting":
		return setting(arguments.Key)
	case "fail":
		return fail[mcp.ToolLeg](failure(arguments.As))
	case "crash":
		panic("as no tool should")
	}
	return fail[mcp.ToolLeg](mcp.MakeMcpErrorUnknownName(call.Name))
}

func ListResources(_ mcp.Context, cursor Option[string]) Result[mcp.ResourcePage, mcp.McpError] {
	return onlyPage(cursor, mcp.ResourcePage{Resources: []mcp.ResourceInfo{{
		Uri: bytesUri, Name: "bytes", MimeType: Some("application/octet-stream"), Size: Some(256.0),
	}}})
}

func ListTemplates(_ mcp.Context, cursor Option[string]) Result[mcp.ResourceTemplatePage, mcp.McpError] {
	return onlyPage(cursor, mcp.ResourceTemplatePage{})
}

// ReadResource reads every value of a byte. The first leg saves one half, to which the second leg adds the other.
func ReadResource(_ mcp.Context, read mcp.ResourceRead) Result[mcp.ResourceLeg, mcp.McpError] {
	if read.Uri != bytesUri {
		return fail[mcp.ResourceLeg](mcp.MakeMcpErrorResourceNotFound(read.Uri))
	}
	bytes, from, leg := []byte(nil), 0, 1
	if read.Resumed.IsSome() {
		bytes, from, leg = read.Resumed.Some().Saved.Some(), 128, 2
	}
	for value := from; value < from+128; value++ {
		bytes = append(bytes, byte(value))
	}
	outcome := mcp.MakeResourceOutcomeMore(mcp.More{Saved: bytes})
	if leg == 2 {
		outcome = mcp.MakeResourceOutcomeComplete(mcp.ResourceOutput{Contents: []mcp.ResourceContents{contents(bytes)}})
	}
	return ok(mcp.ResourceLeg{Events: []mcp.Event{progress(leg, 2)}, Outcome: outcome})
}

// Each list has one page, so that no cursor was ever given out.
func onlyPage[T any](cursor Option[string], page T) Result[T, mcp.McpError] {
	if cursor.IsSome() {
		return fail[T](mcp.MakeMcpErrorInvalidCursor())
	}
	return ok(page)
}

// One leg of as many as the number that it counts to.
func count(to int, resumed Option[mcp.Resumption]) mcp.ToolLeg {
	var state struct {
		Legs int `json:"legs"`
	}
	if resumed.IsSome() {
		if err := json.Unmarshal(resumed.Some().Saved.Some(), &state); err != nil {
			panic(err)
		}
	}
	state.Legs++
	data := fmt.Sprintf(`{"leg":%d}`, state.Legs)
	log := mcp.LogMessage{Level: mcp.LogLevel_Info, Logger: Some("outcomes"), Data: data}
	events := []mcp.Event{progress(state.Legs, to), mcp.MakeEventLog(log)}
	if state.Legs < to {
		saved, err := json.Marshal(state)
		if err != nil {
			panic(err)
		}
		return mcp.ToolLeg{Events: events, Outcome: mcp.MakeToolOutcomeMore(mcp.More{Saved: saved, AfterMs: 1})}
	}
	return mcp.ToolLeg{Events: events, Outcome: complete(text(fmt.Sprintf("counted to %d in %d legs", to, state.Legs)))}
}

func progress(leg, of int) mcp.Event {
	message := Some(fmt.Sprintf("leg %d of %d", leg, of))
	return mcp.MakeEventProgress(mcp.Progress{Progress: float64(leg), Total: Some(float64(of)), Message: message})
}

func question() mcp.InputRequired {
	request := mcp.MakeInputRequestElicitForm(mcp.FormElicitation{Message: "Who?", RequestedSchema: form})
	return mcp.InputRequired{Questions: []mcp.InputQuestion{{Key: "who", Request: request}}, Saved: Some([]byte{0, 255})}
}

func picture() []mcp.ContentBlock {
	return []mcp.ContentBlock{
		mcp.MakeContentBlockImage(mcp.MediaContent{Data: []byte("\x89PNG\r\n\x1a\n\x00\xff"), MimeType: "image/png"}),
		mcp.MakeContentBlockAudio(mcp.MediaContent{Data: []byte("\x00\xff\xfe\x80"), MimeType: "audio/wav"}),
		mcp.MakeContentBlockEmbeddedResource(mcp.EmbeddedResource{Contents: contents([]byte{0xff, 0})}),
		mcp.MakeContentBlockEmbeddedResource(mcp.EmbeddedResource{Contents: contents(nil)}),
	}
}

func contents(bytes []byte) mcp.ResourceContents {
	body := mcp.MakeResourceBodyBlob(bytes)
	return mcp.ResourceContents{Uri: bytesUri, MimeType: Some("application/octet-stream"), Body: body}
}

func setting(key string) Result[mcp.ToolLeg, mcp.McpError] {
	value := wasmcp_mcp_settings.Get(key)
	if value.IsErr() {
		return fail[mcp.ToolLeg](value.Err())
	}
	said := fmt.Sprintf("`%s` is not set", key)
	if value.Ok().IsSome() {
		said = fmt.Sprintf("`%s` is `%s`", key, value.Ok().Some())
	}
	return ok(mcp.ToolLeg{Outcome: complete(text(said))})
}

func failure(kind string) mcp.McpError {
	switch kind {
	case "own":
		return mcp.MakeMcpErrorOther(mcp.ErrorCode{Code: 42, Message: "its own", Data: Some(`{"why":1}`)})
	case "forbidden":
		return mcp.MakeMcpErrorForbidden("not today")
	case "unavailable":
		return mcp.MakeMcpErrorUnavailable(Some(uint32(1500)))
	case "internal":
		return mcp.MakeMcpErrorInternal("it broke")
	}
	return mcp.MakeMcpErrorInvalidParams(mcp.ErrorDetail{Message: "not so", Data: Some(kinds)})
}

func text(text string) mcp.ContentBlock {
	return mcp.MakeContentBlockText(mcp.TextContent{Text: text})
}

func complete(content ...mcp.ContentBlock) mcp.ToolOutcome {
	return mcp.MakeToolOutcomeComplete(mcp.ToolOutput{Content: content})
}

func ok[T any](value T) Result[T, mcp.McpError] { return Ok[T, mcp.McpError](value) }

func fail[T any](err mcp.McpError) Result[T, mcp.McpError] { return Err[T](err) }
