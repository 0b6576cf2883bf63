# Callers of one role may change things; all others may only read.
package wasmcp

default allow := {"allow": false, "reason": "only a writer may call a tool that changes something"}

allow if "writer" in input.identity.roles

# Lists, resources, prompts and completions change nothing.
allow if not input.tool

# A tool says of itself that it only reads. Believe it of providers that you trust.
allow if input.tool.annotations.readOnlyHint == true
