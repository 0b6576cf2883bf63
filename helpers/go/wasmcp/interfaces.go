// What the bindings call for the interfaces of the contract.

package wasmcp

import (
	"errors"
	"fmt"
	"hash/fnv"

	. "go.bytecodealliance.org/pkg/wit/types"
	mcp "wit_component/wasmcp_mcp_model"
)

// Describe is of the interface `provider`.
func Describe(mcp.Context) Result[mcp.ProviderInfo, mcp.McpError] {
	described, err := guarded(describe)
	if err != nil {
		return Err[mcp.ProviderInfo](mcp.MakeMcpErrorInternal(err.Error()))
	}
	return Ok[mcp.ProviderInfo, mcp.McpError](described)
}

func describe() (described mcp.ProviderInfo, err error) {
	if info == nil {
		return described, errors.New("the program does not say what it is: call `wasmcp.Server(NAME, VERSION)` in an `init`")
	}
	for _, of := range []struct {
		name  string
		count int
		offer mcp.Offers
	}{
		{"tools", len(tools.listed), mcp.Offers_Tools},
		{"resources", len(resources.listed), mcp.Offers_Resources},
		{"prompts", len(prompts.listed), mcp.Offers_Prompts},
	} {
		if of.count > 0 && Offers&of.offer == 0 {
			line := fmt.Sprintf("include wasmcp:mcp/%s-provider@0.1.0;", of.name)
			return described, fmt.Errorf("the component exports no %s: add `%s` to wit/world.wit", of.name, line)
		}
	}
	described = *info
	described.Offers |= Offers
	if described.CatalogueRevision == "" {
		lists := fnv.New128a()
		fmt.Fprintf(lists, "%+v %+v %+v", tools.records(), resources.records(), prompts.records())
		described.CatalogueRevision = fmt.Sprintf("%s-%x", info.Implementation.Version, lists.Sum(nil))
	}
	return described, nil
}

func cache() (hint Option[mcp.CacheHint]) {
	if info != nil {
		hint = info.Cache
	}
	return hint
}

// A list that is one page, so that no cursor was ever given out.
func page[P any](cursor Option[string], page P) Result[P, mcp.McpError] {
	if cursor.IsSome() {
		return Err[P](mcp.MakeMcpErrorInvalidCursor())
	}
	return Ok[P, mcp.McpError](page)
}

// Turns a panic into an error: it would end the call.
func guarded[T any](run func() (T, error)) (value T, err error) {
	defer func() {
		if reason := recover(); reason != nil {
			err = fmt.Errorf("the function failed: %v", reason)
		}
	}()
	return run()
}

// One leg of a request that has this name: its outcome, or the error of the contract.
func leg[L, O, T, R any](
	of registry[L, O], name, given string, unknown mcp.McpError, raw mcp.Context, resumed Option[mcp.Resumption],
	complete func(O) T, more func(mcp.More) T, ask func(mcp.InputRequired) T, made func([]mcp.Event, T) R,
) Result[R, mcp.McpError] {
	run, isKnown := of.run[name]
	if !isKnown {
		return Err[R](unknown)
	}
	ctx, isOurs := newContext(raw, resumed)
	if !isOurs {
		return Err[R](mcp.MakeMcpErrorInvalidSaved())
	}
	output, err := guarded(func() (O, error) { return run(ctx, given) })
	saved := []byte(must(toJSON(ctx.saved)))
	var goesOn again
	var asks question
	var other ContractError
	switch {
	case err == nil:
		return Ok[R, mcp.McpError](made(ctx.events, complete(output)))
	case errors.As(err, &goesOn):
		return Ok[R, mcp.McpError](made(ctx.events, more(mcp.More{Saved: saved, AfterMs: goesOn.afterMs})))
	case errors.As(err, &asks):
		questions := []mcp.InputQuestion{asks.asked}
		return Ok[R, mcp.McpError](made(ctx.events, ask(mcp.InputRequired{Questions: questions, Saved: Some(saved)})))
	case errors.As(err, &other):
		return Err[R](other.Value)
	}
	return Err[R](mcp.MakeMcpErrorInternal(valid(err.Error())))
}

// ListTools is of the interface `tools`.
func ListTools(_ mcp.Context, cursor Option[string]) Result[mcp.ToolPage, mcp.McpError] {
	return page(cursor, mcp.ToolPage{Tools: tools.records(), Cache: cache()})
}

// CallTool is of the interface `tools`.
func CallTool(ctx mcp.Context, call mcp.ToolCall) Result[mcp.ToolLeg, mcp.McpError] {
	return leg(tools, call.Name, call.Arguments, mcp.MakeMcpErrorUnknownName(call.Name), ctx, call.Resumed,
		mcp.MakeToolOutcomeComplete, mcp.MakeToolOutcomeMore, mcp.MakeToolOutcomeInputRequired,
		func(events []mcp.Event, outcome mcp.ToolOutcome) mcp.ToolLeg {
			return mcp.ToolLeg{Events: events, Outcome: outcome}
		})
}

// ListResources is of the interface `resources`.
func ListResources(_ mcp.Context, cursor Option[string]) Result[mcp.ResourcePage, mcp.McpError] {
	return page(cursor, mcp.ResourcePage{Resources: resources.records(), Cache: cache()})
}

// ListTemplates is of the interface `resources`. There are none here; the package that exports it has a variable for an author's function.
func ListTemplates(_ mcp.Context, cursor Option[string]) Result[mcp.ResourceTemplatePage, mcp.McpError] {
	return page(cursor, mcp.ResourceTemplatePage{Cache: cache()})
}

// ReadResource is of the interface `resources`.
func ReadResource(ctx mcp.Context, read mcp.ResourceRead) Result[mcp.ResourceLeg, mcp.McpError] {
	return leg(resources, read.Uri, read.Uri, mcp.MakeMcpErrorResourceNotFound(read.Uri), ctx, read.Resumed,
		mcp.MakeResourceOutcomeComplete, mcp.MakeResourceOutcomeMore, mcp.MakeResourceOutcomeInputRequired,
		func(events []mcp.Event, outcome mcp.ResourceOutcome) mcp.ResourceLeg {
			return mcp.ResourceLeg{Events: events, Outcome: outcome}
		})
}

// ListPrompts is of the interface `prompts`.
func ListPrompts(_ mcp.Context, cursor Option[string]) Result[mcp.PromptPage, mcp.McpError] {
	return page(cursor, mcp.PromptPage{Prompts: prompts.records(), Cache: cache()})
}

// GetPrompt is of the interface `prompts`.
func GetPrompt(ctx mcp.Context, get mcp.PromptGet) Result[mcp.PromptLeg, mcp.McpError] {
	given := map[string]string{}
	for _, argument := range get.Arguments {
		given[argument.F0] = argument.F1
	}
	return leg(prompts, get.Name, must(toJSON(given)), mcp.MakeMcpErrorUnknownName(get.Name), ctx, get.Resumed,
		mcp.MakePromptOutcomeComplete, mcp.MakePromptOutcomeMore, mcp.MakePromptOutcomeInputRequired,
		func(events []mcp.Event, outcome mcp.PromptOutcome) mcp.PromptLeg {
			return mcp.PromptLeg{Events: events, Outcome: outcome}
		})
}
