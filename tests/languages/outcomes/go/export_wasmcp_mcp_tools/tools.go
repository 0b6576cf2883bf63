// Package export_wasmcp_mcp_tools has the functions that the generated bindings call for the interface `tools`.
package export_wasmcp_mcp_tools

import "wit_component/outcomes"

var (
	ListTools = outcomes.ListTools
	CallTool  = outcomes.CallTool
)
