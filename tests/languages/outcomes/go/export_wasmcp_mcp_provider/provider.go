// Package export_wasmcp_mcp_provider has the functions that the generated bindings call for the interface `provider`.
package export_wasmcp_mcp_provider

import "wit_component/outcomes"

var Describe = outcomes.Describe
