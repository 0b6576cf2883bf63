// Package export_wasmcp_mcp_tools has the tools: a server calls these functions, and speaks MCP to the clients.
package export_wasmcp_mcp_tools

import (
	"encoding/json"
	"errors"
	"fmt"

	. "go.bytecodealliance.org/pkg/wit/types"
	mcp "wit_component/wasmcp_mcp_model"
)

const schema = `{
	"type": "object",
	"properties": {"name": {"type": "string", "description": "Whom to greet"}},
	"required": ["name"]
}`

// ListTools is the list of tools. It has one page, so that no cursor was ever given out.
func ListTools(_ mcp.Context, cursor Option[string]) Result[mcp.ToolPage, mcp.McpError] {
	if cursor.IsSome() {
		return Err[mcp.ToolPage](mcp.MakeMcpErrorInvalidCursor())
	}
	tool := mcp.Tool{Name: "greet", Description: Some("Greets a person."), InputSchema: schema}
	return Ok[mcp.ToolPage, mcp.McpError](mcp.ToolPage{Tools: []mcp.Tool{tool}})
}

// CallTool runs a tool.
func CallTool(_ mcp.Context, call mcp.ToolCall) Result[mcp.ToolLeg, mcp.McpError] {
	if call.Name != "greet" {
		return Err[mcp.ToolLeg](mcp.MakeMcpErrorUnknownName(call.Name))
	}
	text, err := greet(call.Arguments)
	if err != nil {
		text = err.Error() // The model reads it.
	}
	content := []mcp.ContentBlock{mcp.MakeContentBlockText(mcp.TextContent{Text: text})}
	outcome := mcp.MakeToolOutcomeComplete(mcp.ToolOutput{Content: content, IsError: err != nil})
	return Ok[mcp.ToolLeg, mcp.McpError](mcp.ToolLeg{Outcome: outcome})
}

func greet(arguments string) (text string, err error) {
	// A panic that left this function would reach the client as "internal error".
	defer func() {
		if reason := recover(); reason != nil {
			err = fmt.Errorf("the tool failed: %v", reason)
		}
	}()
	// The server has not checked the arguments against the schema. What is missing stays nil.
	var given struct{ Name *string }
	if err := json.Unmarshal([]byte(arguments), &given); err != nil {
		return "", err
	}
	if given.Name == nil {
		return "", errors.New("`name` must be a string")
	}
	return fmt.Sprintf("Hello, %s!", *given.Name), nil
}
