// Package export_wasmcp_mcp_resources has the functions that the generated bindings call for the interface `resources`.
package export_wasmcp_mcp_resources

import "wit_component/outcomes"

var (
	ListResources = outcomes.ListResources
	ListTemplates = outcomes.ListTemplates
	ReadResource  = outcomes.ReadResource
)
