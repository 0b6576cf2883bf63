// Package export_wasmcp_mcp_completion has the function that the generated bindings call for the interface `completion`: the author's own,
// who sets it in an `init`. It is compiled in where the world exports the interface.
package export_wasmcp_mcp_completion

import (
	. "go.bytecodealliance.org/pkg/wit/types"
	"wit_component/wasmcp"
	mcp "wit_component/wasmcp_mcp_model"
)

func init() { wasmcp.Offers |= mcp.Offers_Completion }

// Complete says that completion is not offered, unless a program sets it.
var Complete = func(mcp.Context, mcp.CompletionRequest) Result[mcp.CompletionValues, mcp.McpError] {
	return Err[mcp.CompletionValues](mcp.MakeMcpErrorNotOffered())
}
