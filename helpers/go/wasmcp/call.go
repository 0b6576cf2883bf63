// What a function can use while it runs: progress, questions, further legs, settings and HTTP.

package wasmcp

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"

	. "go.bytecodealliance.org/pkg/wit/types"
	"wit_component/wasmcp_mcp_http"
	mcp "wit_component/wasmcp_mcp_model"
	"wit_component/wasmcp_mcp_settings"
)

// Context is the call that runs.
type Context struct {
	// Raw is the record of the contract.
	Raw     mcp.Context
	started time.Time
	events  []mcp.Event
	notLive bool
	saved   saved
}

// What a leg saves for the next one.
type saved struct {
	State   json.RawMessage   `json:"state,omitempty"`
	Answers map[string]answer `json:"answers"`
}

type answer struct {
	Accepted bool   `json:"accepted"`
	Content  string `json:"content"`
}

// The context of a leg, and whether what was saved is ours.
func newContext(raw mcp.Context, resumed Option[mcp.Resumption]) (*Context, bool) {
	ctx := &Context{Raw: raw, started: time.Now(), saved: saved{Answers: map[string]answer{}}}
	given := resumed.SomeOr(mcp.Resumption{})
	if given.Saved.IsSome() && json.Unmarshal(given.Saved.Some(), &ctx.saved) != nil {
		return nil, false
	}
	for _, one := range given.Answers {
		if one.Response.Tag() == mcp.InputResponse_Elicit {
			result := one.Response.Elicit()
			ctx.saved.Answers[one.Key] = answer{result.Action == mcp.ElicitationAction_Accept, result.Content.SomeOr("{}")}
		}
	}
	return ctx, true
}

// Remaining is how long a client still waits for the answer.
func (c *Context) Remaining() time.Duration {
	return max(time.Duration(c.Raw.RemainingMs)*time.Millisecond-time.Since(c.started), 0)
}

var live func(callID string, event mcp.Event) Result[Unit, mcp.McpError]

// SetLive sets what sends an event while its call runs. The package live calls it when it is imported.
func SetLive(emit func(string, mcp.Event) Result[Unit, mcp.McpError]) { live = emit }

// Progress tells the client how far the call is: now where the package live is imported and the server can, else with the result of the
// leg. A total of 0 is unknown.
func (c *Context) Progress(progress, total float64, message string) {
	record := mcp.Progress{Progress: progress, Total: some(total), Message: some(valid(message))}
	if c.Raw.ProgressWanted {
		c.Emit(mcp.MakeEventProgress(record))
	}
}

// Emit sends an event of the contract, as Progress does.
func (c *Context) Emit(event mcp.Event) {
	if live != nil && !c.notLive {
		if sent := live(c.Raw.CallId, event); sent.IsOk() || sent.Err().Tag() != mcp.McpError_NotOffered {
			return
		}
		c.notLive = true
	}
	c.events = append(c.events, event)
}

// ContractError is an error for the client's program, which no model reads. Any other error is a result with is-error, which the model reads.
type ContractError struct{ Value mcp.McpError }

func (e ContractError) Error() string { return fmt.Sprintf("error %d of the contract", e.Value.Tag()) }

// What ends a leg that is not the last one. A tool passes it on as its error.
type again struct{ afterMs uint32 }

func (again) Error() string { return "the call goes on" }

type question struct{ asked mcp.InputQuestion }

func (question) Error() string { return "the client is asked" }

// Again, returned as the error, has the function called again, not sooner than after this time. State then reads what is saved.
func (c *Context) Again(state any, after time.Duration) error {
	bytes, err := json.Marshal(state)
	if err != nil {
		return fmt.Errorf("the state: %w", err)
	}
	c.saved.State = bytes
	return again{uint32(min(max(after.Milliseconds(), 0), 1<<31-1))}
}

// State reads what the last leg has saved, and says whether there is anything.
func (c *Context) State(into any) bool {
	return c.saved.State != nil && json.Unmarshal(c.saved.State, into) == nil
}

// ErrDeclined is the error of a question that the user did not answer.
var ErrDeclined = errors.New("the user did not answer")

// Ask is what the user fills into a form with the fields of T: texts, numbers and booleans. Its error is to be returned. The function starts again once the user has
// answered, and every question that was answered gives its answer at once: do what must be done once after the last question.
func Ask[T any](c *Context, key, message string) (T, error) {
	var value T
	form := schemaOf(reflect.TypeFor[T](), key)
	form.Additional = nil // MCP has no such member in a form.
	given, answered := c.saved.Answers[key]
	if !answered {
		asked, err := toJSON(form)
		request := mcp.MakeInputRequestElicitForm(mcp.FormElicitation{Message: message, RequestedSchema: asked})
		return value, errors.Join(err, question{mcp.InputQuestion{Key: key, Request: request}})
	}
	if !given.Accepted {
		return value, fmt.Errorf("%w: %s", ErrDeclined, message)
	}
	return value, form.read(given.Content, key, &value)
}

// Setting is what the operator has set for this provider, or the value that is given here. The world includes settings-service.
func Setting(key, otherwise string) (string, error) {
	value := wasmcp_mcp_settings.Get(key)
	if value.IsErr() {
		return "", fmt.Errorf("the setting `%s` cannot be read now", key)
	}
	return value.Ok().SomeOr(otherwise), nil
}

// Request and Response are those of the contract.
type (
	Request  = wasmcp_mcp_http.Request
	Response = wasmcp_mcp_http.Response
)

// FetchAll sends all requests at once: each has a response, whatever its status is, or an error. None has more time than what is left of
// the call. The world includes http-service.
func (c *Context) FetchAll(requests ...Request) ([]Response, []error) {
	left := uint32(max(c.Remaining().Milliseconds()-100, 1)) // The rest is for the answer.
	responses, errs := make([]Response, len(requests)), make([]error, len(requests))
	for i, request := range requests {
		requests[i].TimeoutMs = Some(min(request.TimeoutMs.SomeOr(left), left))
	}
	for i, answer := range wasmcp_mcp_http.Send(requests) {
		if answer.IsOk() {
			responses[i] = answer.Ok()
		} else {
			errs[i] = failure(requests[i].Url, answer.Err())
		}
	}
	return responses, errs
}

// Get fetches one URL.
func (c *Context) Get(url string) (Response, error) {
	responses, errs := c.FetchAll(Request{Method: "GET", Url: url})
	return responses[0], errs[0]
}

func failure(url string, why wasmcp_mcp_http.Failure) error {
	url, _, _ = strings.Cut(url, "?")
	switch why.Tag() {
	case wasmcp_mcp_http.Failure_NotOffered:
		return errors.New("this server offers its tools no HTTP requests")
	case wasmcp_mcp_http.Failure_Denied:
		return fmt.Errorf("this server may not ask %s: %s", url, why.Denied())
	case wasmcp_mcp_http.Failure_Timeout:
		return fmt.Errorf("%s did not answer in time", url)
	case wasmcp_mcp_http.Failure_TooLarge:
		return fmt.Errorf("%s answered with more than this server lets a tool have", url)
	case wasmcp_mcp_http.Failure_Connection:
		return fmt.Errorf("%s cannot be reached: %s", url, why.Connection())
	case wasmcp_mcp_http.Failure_InvalidRequest:
		return fmt.Errorf("%s cannot be asked: %s", url, why.InvalidRequest())
	}
	return fmt.Errorf("%s cannot be asked: %s", url, why.Other())
}

// An option that is absent where the value is empty.
func some[T comparable](value T) Option[T] {
	var empty T
	if value == empty {
		return None[T]()
	}
	return Some(value)
}
