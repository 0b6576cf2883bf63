# Each tenant has providers of its own. The claim `tenant` of a token says which tenant its caller belongs to; data.json has the tenants.
package wasmcp

tenant := data.tenants[input.identity.claims.tenant]

# Methods about the server alone, such as initialize and tools/list. What a list shows is decided for each item.
allow if {
	not input.tool
	not input.prompt
	not input.resource
}

allow if input.tool.provider in tenant.providers

allow if input.prompt.provider in tenant.providers

# A resource belongs to a tenant by the start of its URI.
allow if {
	input.resource.provider in tenant.providers
	uri := input.resource.uri
	startswith(uri, tenant.resources)
	not contains(uri, "..")

	# A provider may decode it.
	not contains(lower(uri), "%2e")
}
