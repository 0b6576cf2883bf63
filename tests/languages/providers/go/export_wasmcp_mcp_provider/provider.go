// Package export_wasmcp_mcp_provider is what the provider says of itself.
package export_wasmcp_mcp_provider

import (
	"runtime/debug"

	. "go.bytecodealliance.org/pkg/wit/types"
	mcp "wit_component/wasmcp_mcp_model"
)

// A collection while an argument is copied into the component would end the call.
func init() { debug.SetGCPercent(-1) }

func Describe(mcp.Context) Result[mcp.ProviderInfo, mcp.McpError] {
	return Ok[mcp.ProviderInfo, mcp.McpError](mcp.ProviderInfo{
		Implementation:    mcp.Implementation{Name: "links", Version: "1.0.0"},
		Offers:            mcp.Offers_Tools,
		CatalogueRevision: "1",
		CatalogueStatic:   true,
	})
}
