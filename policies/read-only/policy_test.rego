package wasmcp_test

import data.wasmcp

tool(annotations, roles) := {
	"phase": "call",
	"method": "tools/call",
	"tool": {"name": "any", "annotations": annotations},
	"identity": {"roles": roles},
}

test_a_writer_may_call_any_tool if {
	wasmcp.allow == true with input as tool({}, ["reader", "writer"])
}

test_a_reader_may_call_a_tool_that_reads if {
	wasmcp.allow == true with input as tool({"readOnlyHint": true}, ["reader"])
}

test_a_reader_may_call_no_other_tool if {
	every annotations in [{}, {"readOnlyHint": false}, {"destructiveHint": false}] {
		answer := wasmcp.allow with input as tool(annotations, ["reader"])
		answer.allow == false
	}
}

test_a_tool_without_annotations_may_change_something if {
	answer := wasmcp.allow with input as {"phase": "list", "method": "tools/call", "tool": {"name": "any"}}
	answer.allow == false
}

test_everyone_may_list_and_read if {
	wasmcp.allow == true with input as {"phase": "call", "method": "tools/list"}
	wasmcp.allow == true with input as {"phase": "call", "method": "resources/read", "resource": {"uri": "a:b"}}
}
