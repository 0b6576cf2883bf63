// Package export_wasmcp_mcp_tools has the functions that the generated bindings call for the interface `tools`. They are compiled in where
// the world exports it.
package export_wasmcp_mcp_tools

import (
	"wit_component/wasmcp"
	mcp "wit_component/wasmcp_mcp_model"
)

func init() { wasmcp.Offers |= mcp.Offers_Tools }

var (
	// ListTools lists what Tool has registered, unless a program sets it.
	ListTools = wasmcp.ListTools
	// CallTool runs a registered tool, unless a program sets it.
	CallTool = wasmcp.CallTool
)
