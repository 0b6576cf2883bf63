//! The functions of the contract that a component exports.

use std::marker::PhantomData;

use contract::model::{
    ChangePage, CompletionRequest, CompletionValues, Context, McpError, PromptGet, PromptLeg, PromptPage, ProviderInfo,
    ResourceLeg, ResourcePage, ResourceRead, ResourceTemplatePage, ToolCall, ToolLeg, ToolPage,
};
use wasmtime::component::{
    Component, ComponentExportIndex, ComponentNamedList, ComponentType, Instance, Lift, Lower, TypedFunc,
};
use wasmtime::{AsContextMut, Engine, Result, error::Context as _};

/// The version of the contract that this host speaks.
const CONTRACT: &str = "0.1.0";

/// A function that lists, from a cursor on.
type Lists<R> = fn(&Context, Option<&str>) -> R;
/// A function that answers a request.
type Answers<P, R> = fn(&Context, &P) -> R;

/// Each function. One that is not there is not offered.
pub(crate) struct Exports {
    pub(crate) describe: Function<fn(&Context) -> ProviderInfo>,
    pub(crate) list_tools: Option<Function<Lists<ToolPage>>>,
    pub(crate) call_tool: Option<Function<Answers<ToolCall, ToolLeg>>>,
    pub(crate) list_resources: Option<Function<Lists<ResourcePage>>>,
    pub(crate) list_templates: Option<Function<Lists<ResourceTemplatePage>>>,
    pub(crate) read_resource: Option<Function<Answers<ResourceRead, ResourceLeg>>>,
    pub(crate) list_prompts: Option<Function<Lists<PromptPage>>>,
    pub(crate) get_prompt: Option<Function<Answers<PromptGet, PromptLeg>>>,
    pub(crate) complete: Option<Function<Answers<CompletionRequest, CompletionValues>>>,
    pub(crate) list_changes: Option<Function<Lists<ChangePage>>>,
}

impl Exports {
    /// The functions of a provider, each of the type that the contract gives it: asked when the host starts, not by the first
    /// client. Of the component there has to be an instance.
    pub(crate) fn of(component: &Component, mut store: impl AsContextMut, instance: &Instance) -> Result<Self> {
        let store = &mut store;
        Ok(Self {
            describe: Function::find(component, store, instance, "provider", "describe")?
                .context("it is not a provider")?,
            list_tools: Function::find(component, store, instance, "tools", "list-tools")?,
            call_tool: Function::find(component, store, instance, "tools", "call-tool")?,
            list_resources: Function::find(component, store, instance, "resources", "list-resources")?,
            list_templates: Function::find(component, store, instance, "resources", "list-templates")?,
            read_resource: Function::find(component, store, instance, "resources", "read-resource")?,
            list_prompts: Function::find(component, store, instance, "prompts", "list-prompts")?,
            get_prompt: Function::find(component, store, instance, "prompts", "get-prompt")?,
            complete: Function::find(component, store, instance, "completion", "complete")?,
            list_changes: Function::find(component, store, instance, "changes", "list-changes")?,
        })
    }
}

/// Whether a component is a provider: what all of them export is there.
pub(crate) fn is_provider(component: &Component) -> bool {
    index(component, "provider", "describe").is_some()
}

/// Where a component has a function of the contract.
fn index(component: &Component, interface: &str, function: &str) -> Option<ComponentExportIndex> {
    let interface = component.get_export_index(None, &*format!("wasmcp:mcp/{interface}@{CONTRACT}"))?;
    component.get_export_index(Some(&interface), function)
}

/// What a function of the contract takes and gives, written as the type of a function of Rust. All may answer with an [`McpError`].
pub(crate) trait Signature {
    type Params<'a>: ComponentNamedList + Lower + Send + Sync;
    type Answer: ComponentType + Lift + Send + Sync + 'static;
}

impl<R: ComponentType + Lift + Send + Sync + 'static> Signature for fn(&Context) -> R {
    type Params<'a> = (&'a Context,);
    type Answer = R;
}

impl<R: ComponentType + Lift + Send + Sync + 'static> Signature for Lists<R> {
    type Params<'a> = (&'a Context, Option<&'a str>);
    type Answer = R;
}

impl<P, R> Signature for Answers<P, R>
where
    P: ComponentType + Lower + Send + Sync + 'static,
    R: ComponentType + Lift + Send + Sync + 'static,
{
    type Params<'a> = (&'a Context, &'a P);
    type Answer = R;
}

/// A function that can be called in wasmtime.
pub(crate) type Typed<'a, S> =
    TypedFunc<<S as Signature>::Params<'a>, (std::result::Result<<S as Signature>::Answer, McpError>,)>;

/// A function that a component exports, whose type is known to be this.
pub(crate) struct Function<S> {
    index: ComponentExportIndex,
    signature: PhantomData<S>,
}

impl<S: Signature> Function<S> {
    /// A function of the component, if it has it. The only way to make one.
    fn find(
        component: &Component,
        store: &mut impl AsContextMut,
        instance: &Instance,
        interface: &str,
        function: &str,
    ) -> Result<Option<Self>> {
        let Some(index) = index(component, interface, function) else { return Ok(None) };
        let _: Typed<'_, S> = instance.get_typed_func(store, index)?;
        Ok(Some(Self { index, signature: PhantomData }))
    }

    /// The function in another instance of the component. Comparing its type again would be a seventh of a call.
    #[allow(unsafe_code, reason = "the type of the export was compared when the component was loaded")]
    pub(crate) fn of<'a>(&self, store: impl AsContextMut, instance: &Instance) -> Result<Typed<'a, S>> {
        let function = instance.get_func(store, self.index).context("this is an instance of another component")?;
        // SAFETY: `find` compared this type with that of the export of this index, and of another component than that one
        // `get_func` has no function of this index.
        Ok(unsafe { TypedFunc::new_unchecked(function) })
    }
}

/// The names of everything that a component exports.
pub(crate) fn names(component: &Component, engine: &Engine) -> String {
    let names: Vec<String> = component.component_type().exports(engine).map(|(name, _)| format!("`{name}`")).collect();
    if names.is_empty() { "nothing".to_owned() } else { names.join(", ") }
}
