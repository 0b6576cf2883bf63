// Package export_wasmcp_mcp_resources has the functions that the generated bindings call for the interface `resources`. They are compiled
// in where the world exports it.
package export_wasmcp_mcp_resources

import (
	"wit_component/wasmcp"
	mcp "wit_component/wasmcp_mcp_model"
)

func init() { wasmcp.Offers |= mcp.Offers_Resources }

var (
	// ListResources lists what Resource has registered, unless a program sets it.
	ListResources = wasmcp.ListResources
	// ListTemplates lists no templates, unless a program sets it.
	ListTemplates = wasmcp.ListTemplates
	// ReadResource reads a registered resource, unless a program sets it.
	ReadResource = wasmcp.ReadResource
)
