// Package live sends the events of a call while it runs. Import it for that, `import _ "wit_component/wasmcp/live"`, and include
// wasmcp:mcp/live-service@0.1.0 in the world.
package live

import (
	"wit_component/wasmcp"
	"wit_component/wasmcp_mcp_live"
)

func init() { wasmcp.SetLive(wasmcp_mcp_live.Emit) }
