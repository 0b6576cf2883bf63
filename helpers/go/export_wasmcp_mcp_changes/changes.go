// Package export_wasmcp_mcp_changes has the function that the generated bindings call for the interface `changes`: the author's own, who
// sets it in an `init`. It is compiled in where the world exports the interface.
package export_wasmcp_mcp_changes

import (
	. "go.bytecodealliance.org/pkg/wit/types"
	mcp "wit_component/wasmcp_mcp_model"
)

// ListChanges says that changes are not offered, unless a program sets it.
var ListChanges = func(mcp.Context, Option[string]) Result[mcp.ChangePage, mcp.McpError] {
	return Err[mcp.ChangePage](mcp.MakeMcpErrorNotOffered())
}
