//! The functions of the contract that a component exports.

use contract::model::{
    ChangePage, CompletionRequest, CompletionValues, Context, McpError, PromptGet, PromptLeg, PromptPage, ProviderInfo,
    ResourceLeg, ResourcePage, ResourceRead, ResourceTemplatePage, ToolCall, ToolLeg, ToolPage,
};
use wasmtime::AsContextMut;
use wasmtime::Engine;
use wasmtime::component::{Component, ComponentExportIndex, ComponentNamedList, ComponentType, Instance, Lift, Lower};

/// The version of the contract that this host speaks.
const CONTRACT: &str = "0.1.0";

/// Where each function is. One that is not there is not offered.
pub(crate) struct Exports {
    pub(crate) describe: ComponentExportIndex,
    pub(crate) list_tools: Option<ComponentExportIndex>,
    pub(crate) call_tool: Option<ComponentExportIndex>,
    pub(crate) list_resources: Option<ComponentExportIndex>,
    pub(crate) list_templates: Option<ComponentExportIndex>,
    pub(crate) read_resource: Option<ComponentExportIndex>,
    pub(crate) list_prompts: Option<ComponentExportIndex>,
    pub(crate) get_prompt: Option<ComponentExportIndex>,
    pub(crate) complete: Option<ComponentExportIndex>,
    pub(crate) list_changes: Option<ComponentExportIndex>,
}

impl Exports {
    /// The exports of a provider, or nothing where the component is none.
    pub(crate) fn of(component: &Component) -> Option<Self> {
        let find = |interface: &str, function: &str| {
            let interface = component.get_export_index(None, &*format!("wasmcp:mcp/{interface}@{CONTRACT}"))?;
            component.get_export_index(Some(&interface), function)
        };
        Some(Self {
            describe: find("provider", "describe")?,
            list_tools: find("tools", "list-tools"),
            call_tool: find("tools", "call-tool"),
            list_resources: find("resources", "list-resources"),
            list_templates: find("resources", "list-templates"),
            read_resource: find("resources", "read-resource"),
            list_prompts: find("prompts", "list-prompts"),
            get_prompt: find("prompts", "get-prompt"),
            complete: find("completion", "complete"),
            list_changes: find("changes", "list-changes"),
        })
    }

    /// Whether every function has the type that the contract gives it: asked when the host starts, not by the first client.
    pub(crate) fn check(&self, mut store: impl AsContextMut, instance: &Instance) -> wasmtime::Result<()> {
        let store = &mut store;
        has::<(&Context,), ProviderInfo>(store, instance, Some(self.describe))?;
        has::<(&Context, Option<&str>), ToolPage>(store, instance, self.list_tools)?;
        has::<(&Context, &ToolCall), ToolLeg>(store, instance, self.call_tool)?;
        has::<(&Context, Option<&str>), ResourcePage>(store, instance, self.list_resources)?;
        has::<(&Context, Option<&str>), ResourceTemplatePage>(store, instance, self.list_templates)?;
        has::<(&Context, &ResourceRead), ResourceLeg>(store, instance, self.read_resource)?;
        has::<(&Context, Option<&str>), PromptPage>(store, instance, self.list_prompts)?;
        has::<(&Context, &PromptGet), PromptLeg>(store, instance, self.get_prompt)?;
        has::<(&Context, &CompletionRequest), CompletionValues>(store, instance, self.complete)?;
        has::<(&Context, Option<&str>), ChangePage>(store, instance, self.list_changes)
    }
}

fn has<P, R>(
    store: &mut impl AsContextMut,
    instance: &Instance,
    function: Option<ComponentExportIndex>,
) -> wasmtime::Result<()>
where
    P: ComponentNamedList + Lower,
    R: ComponentType + Lift,
{
    match function {
        Some(function) => instance.get_typed_func::<P, (Result<R, McpError>,)>(store, function).map(drop),
        None => Ok(()),
    }
}

/// The names of everything that a component exports.
pub(crate) fn names(component: &Component, engine: &Engine) -> String {
    let names: Vec<String> = component.component_type().exports(engine).map(|(name, _)| format!("`{name}`")).collect();
    if names.is_empty() { "nothing".to_owned() } else { names.join(", ") }
}
