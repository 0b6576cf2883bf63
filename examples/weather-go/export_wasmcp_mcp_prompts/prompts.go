// Package export_wasmcp_mcp_prompts has the functions that the generated bindings call for the interface `prompts`.
package export_wasmcp_mcp_prompts

import "wit_component/weather"

var (
	ListPrompts = weather.ListPrompts
	GetPrompt   = weather.GetPrompt
)
