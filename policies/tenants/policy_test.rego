package wasmcp_test

import data.wasmcp

of_tenant(tenant, item) := object.union(item, {"phase": "call", "identity": {"claims": {"tenant": tenant}}})

tool(provider) := {"tool": {"name": "any", "provider": provider}}

resource(uri) := {"resource": {"uri": uri, "template": false, "provider": "weather"}}

test_a_tenant_has_the_tools_of_its_providers if {
	wasmcp.allow with input as of_tenant("acme", tool("calculator"))
	wasmcp.allow with input as of_tenant("globex", tool("weather"))
	not wasmcp.allow with input as of_tenant("globex", tool("calculator"))
}

test_prompts_belong_to_providers_too if {
	wasmcp.allow with input as of_tenant("acme", {"prompt": {"name": "any", "provider": "weather"}})
	not wasmcp.allow with input as of_tenant("acme", {"prompt": {"name": "any", "provider": "other"}})
}

test_a_tenant_reads_its_own_resources if {
	wasmcp.allow with input as of_tenant("acme", resource("files://acme/a"))
	not wasmcp.allow with input as of_tenant("acme", resource("files://globex/a"))
	not wasmcp.allow with input as of_tenant("acme", resource("files://acme/../globex/a"))
	not wasmcp.allow with input as of_tenant("acme", resource("files://acme/%2E%2e/globex/a"))
}

test_a_caller_without_a_tenant_has_nothing if {
	not wasmcp.allow with input as tool("calculator")
	not wasmcp.allow with input as of_tenant("unknown", tool("calculator"))
}

test_an_item_without_a_known_provider_belongs_to_no_tenant if {
	not wasmcp.allow with input as of_tenant("acme", {"tool": {"name": "any"}})
}

test_everyone_may_ask_for_lists if {
	wasmcp.allow with input as {"phase": "call", "method": "tools/list"}
}
