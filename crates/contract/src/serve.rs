/// Exports a component's [`Provider`](crate::Provider) by the six interfaces of the contract.
///
/// The component has its bindings, with `wasmcp:mcp/model` from this crate, in `crate::bindings`. It names a type to hang the
/// exports on, a function that gives the provider or why there is none, and one that runs a future of it to its end.
///
/// ```ignore
/// contract::serve!(Mux, catalog, contract::at_once);
/// ```
#[macro_export]
#[allow(clippy::crate_in_macro_def, reason = "the bindings are those of the component")]
macro_rules! serve {
    ($component:ident, $provider:path, $run:path) => {
        struct $component;

        #[allow(unsafe_code, reason = "generated")]
        mod export {
            use super::$component;
            crate::bindings::export!($component with_types_in crate::bindings);
        }

        $crate::serve!(@ $component, $provider, $run, provider {
            fn describe() -> ProviderInfo;
        });
        $crate::serve!(@ $component, $provider, $run, tools {
            fn list_tools(cursor: Option<String> => cursor.as_deref()) -> ToolPage;
            fn call_tool(call: ToolCall => &call) -> ToolLeg;
        });
        $crate::serve!(@ $component, $provider, $run, resources {
            fn list_resources(cursor: Option<String> => cursor.as_deref()) -> ResourcePage;
            fn list_templates(cursor: Option<String> => cursor.as_deref()) -> ResourceTemplatePage;
            fn read_resource(read: ResourceRead => &read) -> ResourceLeg;
        });
        $crate::serve!(@ $component, $provider, $run, prompts {
            fn list_prompts(cursor: Option<String> => cursor.as_deref()) -> PromptPage;
            fn get_prompt(get: PromptGet => &get) -> PromptLeg;
        });
        $crate::serve!(@ $component, $provider, $run, completion {
            fn complete(request: CompletionRequest => &request) -> CompletionValues;
        });
        $crate::serve!(@ $component, $provider, $run, changes {
            fn list_changes(since: Option<String> => since.as_deref()) -> ChangePage;
        });
    };
    (@ $component:ident, $provider:path, $run:path, $interface:ident {
        $(fn $function:ident($($argument:ident: $owned:ty => $passed:expr)?) -> $answer:ident;)+
    }) => {
        const _: () = {
            #[allow(unused_imports, reason = "each interface needs some of them")]
            use $crate::model::*;

            impl crate::bindings::exports::wasmcp::mcp::$interface::Guest for $component {
                $(fn $function(ctx: Context $(, $argument: $owned)?) -> Result<$answer, McpError> {
                    let provider = $provider()?;
                    $run($crate::Provider::$function(provider, &ctx $(, $passed)?))
                })+
            }
        };
    };
}
