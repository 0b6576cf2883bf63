package wasmcp_test

import data.wasmcp

call(tool, arguments) := {
	"phase": "call",
	"method": "tools/call",
	"tool": {"name": tool},
	"arguments": arguments,
}

test_a_path_in_the_folder_is_allowed if {
	count(wasmcp.deny) == 0 with input as call("read_file", {"path": "/data/public/a.txt"})
}

test_a_path_outside_the_folder_is_denied if {
	every path in ["/data/secret", "/data/public", "/data/public/../secret", "data/public/a", "", "/data/inbox/a"] {
		reasons := wasmcp.deny with input as call("read_file", {"path": path})
		reasons == {"the path must be in /data/public/"}
	}
}

test_a_missing_path_is_denied if {
	every arguments in [{}, {"path": null}, {"path": 1}, {"path": ["/data/public/"]}, {"Path": "/data/public/a"}] {
		reasons := wasmcp.deny with input as call("read_file", arguments)
		count(reasons) == 1
	}
}

test_an_amount_has_a_limit if {
	every amount in [0, 0.5, 1000] {
		count(wasmcp.deny) == 0 with input as call("transfer", {"amount": amount})
	}
	every amount in [-1, 1000.01, 100000000000000000000, "5", null, [1]] {
		reasons := wasmcp.deny with input as call("transfer", {"amount": amount})
		reasons == {"the amount must be a number from 0 to 1000"}
	}
}

test_other_tools_have_no_rules if {
	count(wasmcp.deny) == 0 with input as call("add", {"a": 1})
}

test_lists_show_every_tool if {
	shown := {"phase": "list", "method": "tools/call", "tool": {"name": "read_file"}}
	wasmcp.visible == true with input as shown
	count(wasmcp.deny) == 0 with input as shown
}
