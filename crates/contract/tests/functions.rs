//! The functions of the contract under the names that providers export and links carry.

use contract::FunctionName;

#[test]
fn functions_have_the_names_that_are_in_the_contract() {
    let functions: Vec<_> =
        FunctionName::ALL.iter().map(|name| format!("{}.{}", name.interface, name.function)).collect();
    let expected = [
        "wasmcp:mcp/provider@0.1.0.describe",
        "wasmcp:mcp/tools@0.1.0.list-tools",
        "wasmcp:mcp/tools@0.1.0.call-tool",
        "wasmcp:mcp/resources@0.1.0.list-resources",
        "wasmcp:mcp/resources@0.1.0.list-templates",
        "wasmcp:mcp/resources@0.1.0.read-resource",
        "wasmcp:mcp/prompts@0.1.0.list-prompts",
        "wasmcp:mcp/prompts@0.1.0.get-prompt",
        "wasmcp:mcp/completion@0.1.0.complete",
        "wasmcp:mcp/changes@0.1.0.list-changes",
    ];
    assert_eq!(functions, expected);
}
