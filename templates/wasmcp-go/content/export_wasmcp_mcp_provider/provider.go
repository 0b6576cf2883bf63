// Package export_wasmcp_mcp_provider says what the provider is and has. The bindings call it for the interface `provider`.
package export_wasmcp_mcp_provider

import (
	"runtime/debug"

	. "go.bytecodealliance.org/pkg/wit/types"
	mcp "wit_component/wasmcp_mcp_model"
)

// A collection while an argument is copied into the component would end the call. All memory is given back when the call ends.
func init() { debug.SetGCPercent(-1) }

// Describe says that there are tools. Their list is the same for every caller: a server asks for it once, when it starts.
func Describe(mcp.Context) Result[mcp.ProviderInfo, mcp.McpError] {
	return Ok[mcp.ProviderInfo, mcp.McpError](mcp.ProviderInfo{
		Implementation:    mcp.Implementation{Name: "{{project-name | kebab_case}}", Version: "1.0.0"},
		Offers:            mcp.Offers_Tools,
		CatalogueRevision: "1",
		CatalogueStatic:   true,
	})
}
