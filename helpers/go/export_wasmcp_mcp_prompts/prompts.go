// Package export_wasmcp_mcp_prompts has the functions that the generated bindings call for the interface `prompts`. They are compiled in
// where the world exports it.
package export_wasmcp_mcp_prompts

import (
	"wit_component/wasmcp"
	mcp "wit_component/wasmcp_mcp_model"
)

func init() { wasmcp.Offers |= mcp.Offers_Prompts }

var (
	// ListPrompts lists what Prompt has registered, unless a program sets it.
	ListPrompts = wasmcp.ListPrompts
	// GetPrompt fills in a registered prompt, unless a program sets it.
	GetPrompt = wasmcp.GetPrompt
)
