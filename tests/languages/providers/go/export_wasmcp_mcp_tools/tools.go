// Package export_wasmcp_mcp_tools is the tool that says whether a web page answers.
package export_wasmcp_mcp_tools

import (
	"encoding/json"
	"errors"
	"fmt"

	. "go.bytecodealliance.org/pkg/wit/types"
	"wit_component/wasmcp_mcp_http"
	mcp "wit_component/wasmcp_mcp_model"
)

const schema = `{
	"type": "object",
	"properties": {"url": {"type": "string", "description": "An http: or https: URL"}},
	"required": ["url"]
}`

func ListTools(_ mcp.Context, cursor Option[string]) Result[mcp.ToolPage, mcp.McpError] {
	if cursor.IsSome() {
		return Err[mcp.ToolPage](mcp.MakeMcpErrorInvalidCursor())
	}
	tool := mcp.Tool{Name: "check_link", Description: Some("Says whether a web page answers."), InputSchema: schema}
	return Ok[mcp.ToolPage, mcp.McpError](mcp.ToolPage{Tools: []mcp.Tool{tool}})
}

func CallTool(_ mcp.Context, call mcp.ToolCall) Result[mcp.ToolLeg, mcp.McpError] {
	if call.Name != "check_link" {
		return Err[mcp.ToolLeg](mcp.MakeMcpErrorUnknownName(call.Name))
	}
	text, err := checkLink(call.Arguments)
	if err != nil {
		text = err.Error()
	}
	content := []mcp.ContentBlock{mcp.MakeContentBlockText(mcp.TextContent{Text: text})}
	outcome := mcp.MakeToolOutcomeComplete(mcp.ToolOutput{Content: content, IsError: err != nil})
	return Ok[mcp.ToolLeg, mcp.McpError](mcp.ToolLeg{Outcome: outcome})
}

// The model reads the error. A panic would reach it as "internal error".
func checkLink(arguments string) (text string, err error) {
	defer func() {
		if reason := recover(); reason != nil {
			err = fmt.Errorf("the tool failed: %v", reason)
		}
	}()
	var given struct{ Url *string }
	if err := json.Unmarshal([]byte(arguments), &given); err != nil {
		return "", err
	}
	if given.Url == nil {
		return "", errors.New("`url` must be a string")
	}
	url := *given.Url
	answer := wasmcp_mcp_http.Send([]wasmcp_mcp_http.Request{{Method: "GET", Url: url}})[0]
	if answer.IsErr() {
		return "", fmt.Errorf("%s did not answer: %v", url, answer.Err())
	}
	return fmt.Sprintf("%s answers %d, %d bytes", url, answer.Ok().Status, len(answer.Ok().Body)), nil
}
