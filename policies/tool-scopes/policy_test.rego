package wasmcp_test

import data.wasmcp

tool(name, scopes) := {
	"phase": "call",
	"method": "tools/call",
	"tool": {"name": name},
	"identity": {"scopes": scopes},
}

test_a_token_with_the_scope_may_call if {
	wasmcp.allow == true with input as tool("read_file", ["files:read"])
}

test_a_token_without_the_scope_is_told_which if {
	answer := wasmcp.allow with input as tool("read_file", ["other"])
	answer.allow == false
	answer.scopes == {"files:read"}
	answer.reason == "the token lacks files:read"
}

test_a_caller_without_a_token_lacks_every_scope if {
	answer := wasmcp.allow with input as {"phase": "call", "tool": {"name": "delete_file"}}
	answer.scopes == {"files:write"}
}

test_other_tools_need_no_scope if {
	wasmcp.allow == true with input as tool("add", [])
}

test_other_methods_need_no_scope if {
	wasmcp.allow == true with input as {"phase": "call", "method": "tools/list"}
}
