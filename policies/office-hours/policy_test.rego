package wasmcp_test

import data.wasmcp

at(moment) := {
	"phase": "call",
	"method": "tools/call",
	"tool": {"name": "write", "annotations": {"readOnlyHint": false}},
	"time": time.parse_rfc3339_ns(moment),
}

test_open_in_office_hours if {
	every moment in ["2026-12-01T08:00:00Z", "2026-12-01T15:59:59Z", "2026-07-01T07:00:00Z"] {
		wasmcp.allow == true with input as at(moment)
	}
}

test_closed_at_night if {
	every moment in ["2026-12-01T07:59:59Z", "2026-12-01T16:00:00Z", "2026-07-01T15:00:00Z"] {
		answer := wasmcp.allow with input as at(moment)
		answer.allow == false
	}
}

test_closed_at_the_weekend if {
	every moment in ["2026-12-05T12:00:00Z", "2026-12-06T12:00:00Z"] {
		answer := wasmcp.allow with input as at(moment)
		answer.allow == false
	}
}

test_reading_is_always_allowed if {
	reads := {"phase": "call", "tool": {"name": "read", "annotations": {"readOnlyHint": true}}}
	wasmcp.allow == true with input as object.union(reads, {"time": 0})
}

test_lists_show_every_tool_at_night if {
	wasmcp.visible == true with input as {"phase": "list", "tool": {"name": "write"}, "time": 0}
}
