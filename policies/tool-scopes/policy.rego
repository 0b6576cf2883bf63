# Tools that need scopes: data.json says which tool needs which. A tool that is not there needs none.
package wasmcp

# The caller has every scope. What is no tool needs none.
allow if count(missing) == 0

# The caller lacks a scope: the client is told which to ask for, and lists show the tool.
allow := {
	"allow": false,
	"reason": sprintf("the token lacks %s", [concat(" ", missing)]),
	"scopes": needed,
} if {
	count(missing) > 0
}

needed := {scope | some scope in data.tool_scopes[input.tool.name]}

granted := {scope | some scope in input.identity.scopes}

missing := needed - granted
