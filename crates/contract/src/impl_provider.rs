//! Macros for types that treat every function of the contract alike, and for components that import or export them.

/// Makes a type a [`Provider`](crate::Provider) by one generic method of its own,
/// `async fn NAME<F: Function>(&self, ctx: &Context, params: F::Params<'_>, events: &Events) -> Result<F::Answer, McpError>`. The
/// method may ask more of `F` than [`Function`](crate::Function) does.
///
/// ```ignore
/// contract::impl_provider!({} Sandbox, call);
/// contract::impl_provider!({ L: Rpc } RemoteProvider<L>, call);
/// ```
#[macro_export]
macro_rules! impl_provider {
    ({ $($generics:tt)* } $type:ty, $method:ident) => {
        const _: () = {
            #[allow(unused_imports, reason = "each function needs some of them")]
            use $crate::{Events, functions, model::*};
            $crate::for_each_function!($crate::impl_provider!({ $($generics)* } ($type) $method));
        };
    };
    (({ $($generics:tt)* } ($type:ty) $method:ident) $({ $module:ident $interface:literal $($function:tt)* })*) => {
        impl<$($generics)*> $crate::Provider for $type {
            $($($crate::impl_provider!(@method $method $function);)*)*
        }
    };
    (@method $method:ident {
        $kind:ident $name:ident $function:literal
        [$($param:ident: $owned:ty, $borrowed:ty, $conversion:tt)?] $answer:ident []
    }) => {
        async fn $name<'a>(&'a self, ctx: &'a Context $(, $param: $borrowed)?) -> Result<$answer, McpError> {
            self.$method::<functions::$kind>(ctx, ($($param)?), &Events::NONE).await
        }
    };
    (@method $method:ident {
        $kind:ident $name:ident $function:literal
        [$($param:ident: $owned:ty, $borrowed:ty, $conversion:tt)?] $answer:ident [$events:ident]
    }) => {
        async fn $name<'a>(
            &'a self, ctx: &'a Context $(, $param: $borrowed)?, $events: &'a Events
        ) -> Result<$answer, McpError> {
            self.$method::<functions::$kind>(ctx, ($($param)?), $events).await
        }
    };
}

/// Gives a component the trait `ImportedFunction`: each function of the contract as the component imports it. The argument is the module
/// of its bindings that has the interfaces.
///
/// ```ignore
/// contract::import_functions!(crate::bindings::wasmcp::mcp);
/// ```
#[macro_export]
macro_rules! import_functions {
    ($($root:ident)::+) => {
        /// A function of the contract, as this component imports it.
        pub(crate) trait ImportedFunction: $crate::Function {
            /// Calls the import, which returns when it has the answer.
            fn import(
                ctx: &$crate::model::Context,
                params: Self::Params<'_>,
            ) -> Result<Self::Answer, $crate::model::McpError>;
        }
        $crate::for_each_function!($crate::import_functions!(@all ($($root)::+)));
    };
    ((@all $root:tt) $({ $module:ident $interface:literal $($function:tt)* })*) => {
        $($($crate::import_functions!(@one $root $module $function);)*)*
    };
    (@one ($($root:ident)::+) $module:ident {
        $kind:ident $name:ident $function:literal
        [$($param:ident: $owned:ty, $borrowed:ty, $conversion:tt)?] $answer:ident [$($events:ident)?]
    }) => {
        impl ImportedFunction for $crate::functions::$kind {
            fn import(
                ctx: &$crate::model::Context,
                params: Self::Params<'_>,
            ) -> Result<Self::Answer, $crate::model::McpError> {
                $(let $param = params;)?
                let _ = params;
                $($root)::+::$module::$name(ctx, $($param)?)
            }
        }
    };
}

/// Exports a component's [`Provider`](crate::Provider) by the interfaces of the contract.
///
/// The component has its bindings, with `wasmcp:mcp/model` from this crate, in `crate::bindings`. It names a type to hang the exports on, a
/// function that gives the provider or why there is none, and one that runs a future of it to its end. No event leaves such a component
/// before its answer does.
///
/// ```ignore
/// contract::export_provider!(Component, provider, contract::poll_ready_now);
/// ```
#[macro_export]
#[allow(clippy::crate_in_macro_def, reason = "the bindings are those of the component")]
macro_rules! export_provider {
    ($component:ident, $provider:path, $run:path) => {
        struct $component;

        #[allow(unsafe_code, reason = "generated")]
        mod export {
            use super::$component;
            crate::bindings::export!($component with_types_in crate::bindings);
        }

        $crate::for_each_function!($crate::export_provider!($component ($provider) ($run)));
    };
    (($component:ident ($provider:path) ($run:path)) $({ $module:ident $interface:literal $($function:tt)* })*) => {
        $($crate::export_provider!(@interface $module $component ($provider) ($run) $($function)*);)*
    };
    (@interface $module:ident $component:ident ($provider:path) ($run:path) $({
        $kind:ident $name:ident $function:literal
        [$($param:ident: $owned:ty, $borrowed:ty, $conversion:tt)?] $answer:ident [$($events:ident)?]
    })*) => {
        const _: () = {
            #[allow(unused_imports, reason = "each interface needs some of them")]
            use $crate::model::*;

            impl crate::bindings::exports::wasmcp::mcp::$module::Guest for $component {
                $(fn $name(ctx: Context $(, $param: $owned)?) -> Result<$answer, McpError> {
                    let provider = $provider()?;
                    $(let $events = $crate::Events::NONE;)?
                    $run($crate::Provider::$name(provider, &ctx $(, $conversion)? $(, &$events)?))
                })*
            }
        };
    };
}
