// Package export_wasmcp_mcp_provider has the functions that the generated bindings call for the interface `provider`.
package export_wasmcp_mcp_provider

import "wit_component/wasmcp"

// Describe says what Server has set, and what the world exports, unless a program sets it.
var Describe = wasmcp.Describe
