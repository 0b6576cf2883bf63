// What the functions of the bindings answer, without a component.

package wasmcp

import (
	"errors"
	"math"
	"strings"
	"testing"

	. "go.bytecodealliance.org/pkg/wit/types"
	mcp "wit_component/wasmcp_mcp_model"
)

type table struct {
	People int `json:"people"`
}

func init() {
	Tool("fail", "", func(_ *Context, in struct {
		How string `json:"how"`
	}) (any, error) {
		switch in.How {
		case "panic":
			panic("no tea")
		case "contract":
			return nil, ContractError{mcp.MakeMcpErrorForbidden("not today")}
		case "no JSON":
			return math.Inf(1), nil
		case "not UTF-8":
			return nil, errors.New("\xff")
		}
		return nil, errors.New("no milk")
	})
	Tool("list", "", func(*Context, struct{}) ([]int, error) { return nil, nil })
	Tool("count", "", func(ctx *Context, in struct {
		To int `json:"to"`
	}) (int, error) {
		var done int
		ctx.State(&done)
		done++
		ctx.Progress(float64(done), float64(in.To), "")
		if done < in.To {
			return 0, ctx.Again(done, 5e6)
		}
		return done, nil
	})
	Tool("book", "", func(ctx *Context, _ struct{}) (string, error) {
		wish, err := Ask[table](ctx, "table", "For how many?")
		if err != nil {
			return "", err
		}
		_, err = Ask[struct{}](ctx, "agreed", "Agreed?")
		return strings.Repeat("x", wish.People), err
	})
	Resource("tried://none", "none", "", func(*Context) (any, error) { return nil, nil })
	Resource("tried://bytes", "bytes", "", func(*Context) (any, error) { return []byte{1}, nil })
	Resource("tried://json", "json", "", func(*Context) (any, error) { return table{2}, nil })
	Resource("tried://fails", "fails", "", func(*Context) (any, error) { panic("no tea") })
}

func call(name, arguments string, resumed Option[mcp.Resumption]) Result[mcp.ToolLeg, mcp.McpError] {
	ctx := mcp.Context{ProgressWanted: true, RemainingMs: 1000}
	return CallTool(ctx, mcp.ToolCall{Name: name, Arguments: arguments, Resumed: resumed})
}

func TestWhatFailsIsReadByTheModel(t *testing.T) {
	for _, c := range []struct{ name, arguments, wanted string }{
		{"fail", `{"how":"error"}`, "no milk"},
		{"fail", `{"how":"panic"}`, "the function failed: no tea"},
		{"fail", `{"how":"not UTF-8"}`, "\ufffd"},
		{"fail", `{"how":"no JSON"}`, "the tool returned what its type does not allow: json: unsupported value: +Inf"},
		{"list", `{}`, "the tool returned what its type does not allow: `result` must be an array, not null"},
		{"fail", `{}`, "`how` is missing: it must be a string"},
	} {
		output := call(c.name, c.arguments, None[mcp.Resumption]()).Ok().Outcome.Complete()
		if said := output.Content[0].Text().Text; said != c.wanted || !output.IsError {
			t.Errorf("%s: %s", c.arguments, said)
		}
	}
}

func TestAnErrorOfTheContractStaysOne(t *testing.T) {
	if err := call("fail", `{"how":"contract"}`, None[mcp.Resumption]()).Err(); err.Forbidden() != "not today" {
		t.Error(err)
	}
	if err := call("none", `{}`, None[mcp.Resumption]()).Err(); err.UnknownName() != "none" {
		t.Error(err)
	}
	forged := Some(mcp.Resumption{Saved: Some([]byte("forged"))})
	if err := call("count", `{"to":2}`, forged).Err(); err.Tag() != mcp.McpError_InvalidSaved {
		t.Error(err)
	}
	if ListTools(mcp.Context{}, Some("")).Err().Tag() != mcp.McpError_InvalidCursor {
		t.Error("a cursor that was not given")
	}
}

func TestALongToolIsAChainOfLegs(t *testing.T) {
	resumed, seen := None[mcp.Resumption](), []float64{}
	for {
		leg := call("count", `{"to":3}`, resumed).Ok()
		for _, event := range leg.Events {
			seen = append(seen, event.Progress().Progress)
		}
		if leg.Outcome.Tag() != mcp.ToolOutcome_More {
			if said := leg.Outcome.Complete().StructuredContent.Some(); said != "3" || len(seen) != 3 || seen[2] != 3 {
				t.Errorf("%s after %v", said, seen)
			}
			break
		}
		if more := leg.Outcome.More(); more.AfterMs != 5 {
			t.Error(more)
		} else {
			resumed = Some(mcp.Resumption{Saved: Some(more.Saved)})
		}
	}
}

func TestQuestionsAreAskedOneAfterTheOther(t *testing.T) {
	resume := func(saved []byte, key, content string, action uint8) Option[mcp.Resumption] {
		given := mcp.MakeInputResponseElicit(mcp.ElicitationResult{Action: action, Content: some(content)})
		return Some(mcp.Resumption{Saved: Some(saved), Answers: []mcp.InputAnswer{{Key: key, Response: given}}})
	}
	first := call("book", "{}", None[mcp.Resumption]()).Ok().Outcome.InputRequired()
	form := first.Questions[0].Request.ElicitForm()
	if form.Message != "For how many?" || !strings.Contains(form.RequestedSchema, `"people":{"type":"integer"}`) {
		t.Error(form)
	}
	second := call("book", "{}", resume(first.Saved.Some(), "table", `{"people":3}`, mcp.ElicitationAction_Accept)).Ok().Outcome.InputRequired()
	if second.Questions[0].Key != "agreed" {
		t.Error(second)
	}
	last := call("book", "{}", resume(second.Saved.Some(), "agreed", "", mcp.ElicitationAction_Accept)).Ok().Outcome.Complete()
	if said := last.Content[0].Text().Text; said != "xxx" {
		t.Error(said)
	}
	declined := call("book", "{}", resume(first.Saved.Some(), "table", "", mcp.ElicitationAction_Decline)).Ok().Outcome.Complete()
	if said := declined.Content[0].Text().Text; said != "the user did not answer: For how many?" || !declined.IsError {
		t.Error(said)
	}
}

func TestAResourceIsTextBytesOrJSON(t *testing.T) {
	read := func(uri string) Result[mcp.ResourceLeg, mcp.McpError] {
		return ReadResource(mcp.Context{}, mcp.ResourceRead{Uri: uri})
	}
	if contents := read("tried://bytes").Ok().Outcome.Complete().Contents[0]; contents.Body.Blob()[0] != 1 {
		t.Error(contents)
	}
	if contents := read("tried://json").Ok().Outcome.Complete().Contents[0]; contents.Body.Text() != `{"people":2}` {
		t.Error(contents)
	}
	for uri, wanted := range map[string]uint8{"tried://none": mcp.McpError_ResourceNotFound, "tried://fails": mcp.McpError_Internal} {
		if err := read(uri).Err(); err.Tag() != wanted {
			t.Errorf("%s: %v", uri, err.Tag())
		}
	}
}

func TestAProviderSaysWhatItIs(t *testing.T) {
	if err := Describe(mcp.Context{}).Err(); !strings.Contains(err.Internal(), "call `wasmcp.Server") {
		t.Error(err)
	}
	Server("tried", "1.0.0")
	defer func() { info, Offers = nil, 0 }()
	if err := Describe(mcp.Context{}).Err(); !strings.Contains(err.Internal(), "tools-provider") {
		t.Error(err)
	}
	Offers = mcp.Offers_Tools | mcp.Offers_Resources
	described := Describe(mcp.Context{}).Ok()
	if described.Offers != Offers || !strings.HasPrefix(described.CatalogueRevision, "1.0.0-") {
		t.Error(described)
	}
	Offers |= mcp.Offers_Prompts
	Prompt("wrong", "", func(*Context, table) ([]mcp.PromptMessage, error) { return nil, nil })
	defer func() { prompts = registry[mcp.Prompt, mcp.PromptOutput]{} }()
	if err := Describe(mcp.Context{}).Err(); !strings.Contains(err.Internal(), "`people` of the prompt wrong is no string") {
		t.Error(err)
	}
}
