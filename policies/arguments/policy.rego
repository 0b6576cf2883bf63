# Rules about the arguments of tools: a folder that a path must be in, and an amount that must not be exceeded. data.json has both.
package wasmcp

# Whether a call is allowed depends on its arguments, which a list does not have. Lists show every tool.
visible := true

# What is not denied below is allowed. The card number of a transfer is in no log.
allow := {"allow": true, "redact": ["card"]}

# `not` holds too where the argument is missing: the functions below read it themselves. It would not where they were given it, as in
# `not is_in_folder(input.arguments.path, folder)`.
deny contains sprintf("the path must be in %s", [folder]) if {
	input.phase == "call"
	folder := data.folders[input.tool.name]
	not path_is_in(folder)
}

deny contains sprintf("the amount must be a number from 0 to %v", [largest]) if {
	input.phase == "call"
	largest := data.largest_amounts[input.tool.name]
	not amount_is_at_most(largest)
}

# A path with `..` begins in the folder and leads out of it. What is no text must not reach `startswith`: the error would deny without this
# reason.
path_is_in(folder) if {
	path := input.arguments.path
	is_string(path)
	startswith(path, folder)
	every part in split(path, "/") {
		part != ".."
	}
}

amount_is_at_most(largest) if {
	amount := input.arguments.amount
	is_number(amount)
	amount >= 0
	amount <= largest
}
