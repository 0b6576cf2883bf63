# What the secured servers of the benchmark ask about a call: which scopes its tool needs, and how long a text may be. data.json has both.
package wasmcp

# The caller has every scope that the tool needs. A tool that is not in data.json may not be called.
allow if {
	needed := data.tool_scopes[input.tool.name]
	every scope in needed {
		scope in input.identity.scopes
	}
}

# What is no tool needs no scope.
allow if not input.tool

# Editors alone may send long texts.
deny contains sprintf("the argument %s may have %d characters", [name, longest]) if {
	input.phase == "call"
	some name, text in input.arguments
	longest := data.longest_texts[name]
	is_string(text)
	count(text) > longest
	not is_editor
}

is_editor if "editor" in input.identity.roles
