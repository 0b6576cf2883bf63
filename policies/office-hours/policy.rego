# Tools that change something may be called in office hours alone.
package wasmcp

default allow := {"allow": false, "reason": "tools that change something may be called on weekdays from 9 to 17 o'clock"}

allow if not input.tool

allow if input.tool.annotations.readOnlyHint == true

allow if is_open

# Lists show every tool: clients keep them for longer than an hour.
visible := true

zone := "Europe/Berlin"

is_open if {
	weekday := time.weekday([input.time, zone])
	not weekday in {"Saturday", "Sunday"}
	[hour, _, _] := time.clock([input.time, zone])
	hour >= 9
	hour < 17
}
