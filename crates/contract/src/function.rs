//! The functions of the contract as types, and the trait of what answers them.
//!
//! Everything here is made from `wit/` by [`for_each_function!`](crate::for_each_function): a new function of the contract needs no line
//! in this crate.

use std::future::Future;

use crate::Events;
use crate::model::*;

/// The name of a function of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FunctionName {
    /// The interface with the version of the contract, for example `wasmcp:mcp/tools@0.1.0`.
    pub interface: &'static str,
    /// The name in the interface, for example `call-tool`.
    pub function: &'static str,
}

mod sealed {
    /// Implemented for the functions of the contract alone.
    pub trait Sealed {}
}

/// A function of the contract. All take the context of the call and at most one more parameter, and answer with a record or an
/// [`McpError`].
///
/// No other crate can implement it, so that name, index and types of a function are always those of `wit/`:
///
/// ```compile_fail,E0277
/// # use contract::{Events, Function, FunctionName, Provider, functions::Describe, model::{Context, McpError}};
/// struct Other;
/// impl Function for Other {
///     const NAME: FunctionName = Describe::NAME;
///     const INDEX: usize = Describe::INDEX;
///     type Params<'a> = ();
///     type Arguments<'a> = (&'a Context,);
///     type Answer = <Describe as Function>::Answer;
///     # fn arguments<'a, 'p: 'a>(ctx: &'a Context, (): ()) -> (&'a Context,) { (ctx,) }
///     # async fn call<P: Provider>(p: &P, ctx: &Context, (): Self::Params<'_>, _: &Events) -> Result<Self::Answer, McpError> {
///     #     p.describe(ctx).await
///     # }
/// }
/// ```
pub trait Function: sealed::Sealed + Send + Sync + 'static {
    /// What the function is called.
    const NAME: FunctionName;
    /// Its place in [`FunctionName::ALL`], which no other function has.
    const INDEX: usize;
    /// The parameter after the context: `()`, `Option<&str>` or a reference to a record.
    type Params<'a>: Copy + Send + Sync;
    /// All parameters, as a tuple.
    type Arguments<'a>: ForHost;
    /// What it answers with, if not with an error.
    type Answer: ForHostOwned + PartialEq + std::fmt::Debug + Send + Sync + 'static;

    /// Puts the parameters side by side. The context may live shorter than the other parameter, as a changed copy of it does.
    fn arguments<'a, 'p: 'a>(ctx: &'a Context, params: Self::Params<'p>) -> Self::Arguments<'a>;

    /// Calls this function of a provider. Events of one whose answer is no leg go nowhere.
    fn call<P: Provider>(
        provider: &P,
        ctx: &Context,
        params: Self::Params<'_>,
        events: &Events,
    ) -> impl Future<Output = Result<Self::Answer, McpError>> + Send;
}

/// What wasmtime asks of the parameters of a call, where it is there (feature `host`).
#[cfg(feature = "host")]
pub trait ForHost: wasmtime::component::ComponentNamedList + wasmtime::component::Lower + Send + Sync {}
#[cfg(feature = "host")]
impl<T: wasmtime::component::ComponentNamedList + wasmtime::component::Lower + Send + Sync> ForHost for T {}
/// What wasmtime asks of the answer of a call, where it is there (feature `host`).
#[cfg(feature = "host")]
pub trait ForHostOwned: wasmtime::component::ComponentType + wasmtime::component::Lift {}
#[cfg(feature = "host")]
impl<T: wasmtime::component::ComponentType + wasmtime::component::Lift> ForHostOwned for T {}

/// What wasmtime asks of the parameters of a call, where it is there (feature `host`).
#[cfg(not(feature = "host"))]
pub trait ForHost: Send + Sync {}
#[cfg(not(feature = "host"))]
impl<T: Send + Sync> ForHost for T {}
/// What wasmtime asks of the answer of a call, where it is there (feature `host`).
#[cfg(not(feature = "host"))]
pub trait ForHostOwned {}
#[cfg(not(feature = "host"))]
impl<T> ForHostOwned for T {}

macro_rules! define {
    (() $({ $module:ident $interface:literal $({
        $kind:ident $name:ident $function:literal
        [$($param:ident: $owned:ty, $borrowed:ty, $conversion:tt)?] $answer:ident [$($events:ident)?]
    })* })*) => {
        /// Each function of the contract as a type without values.
        pub mod functions {
            $($(
                #[doc = concat!("`", $function, "` of `", $interface, "`.")]
                #[derive(Clone, Copy, Debug)]
                pub struct $kind;
            )*)*
        }

        /// The interfaces of the contract that a provider may export, with their version.
        pub const INTERFACES: &[&str] = &[$($interface),*];

        /// The functions in the order of [`FunctionName::ALL`].
        enum Index {
            $($($kind,)*)*
        }

        impl FunctionName {
            /// Every function of the contract.
            pub const ALL: &[Self] = &[$($(functions::$kind::NAME,)*)*];
        }

        /// What answers the calls of the contract: one component, or several as one.
        ///
        /// What each function promises stands in `wit/capabilities.wit`. A function that a provider does not have answers
        /// [`McpError::NotOffered`], as those here do that an implementation leaves out; a provider that traps, is lost or passes its
        /// deadline answers with an error too. A type that treats all functions alike is made a provider by
        /// [`impl_provider!`](crate::impl_provider).
        pub trait Provider: Send + Sync + 'static {
            $($(
                #[doc = concat!("`", $function, "` of `", $interface, "`.")]
                fn $name<'a>(
                    &'a self,
                    ctx: &'a Context,
                    $($param: $borrowed,)?
                    $($events: &'a Events,)?
                ) -> impl Future<Output = Result<$answer, McpError>> + Send {
                    let _ = (ctx, $($param,)? $($events)?);
                    std::future::ready(Err(McpError::NotOffered))
                }
            )*)*
        }

        $($(
            impl sealed::Sealed for functions::$kind {}

            impl Function for functions::$kind {
                const NAME: FunctionName = FunctionName { interface: $interface, function: $function };
                const INDEX: usize = Index::$kind as usize;
                #[allow(unused_parens, reason = "a function without a second parameter has `()`")]
                type Params<'a> = ($($borrowed)?);
                type Arguments<'a> = (&'a Context, $($borrowed)?);
                type Answer = $answer;

                fn arguments<'a, 'p: 'a>(ctx: &'a Context, params: Self::Params<'p>) -> Self::Arguments<'a> {
                    $(let $param = params;)?
                    let _ = params;
                    (ctx, $($param)?)
                }

                async fn call<P: Provider>(
                    provider: &P,
                    ctx: &Context,
                    params: Self::Params<'_>,
                    events: &Events,
                ) -> Result<$answer, McpError> {
                    $(let $param = params;)?
                    $(let $events = events;)?
                    let _ = (params, events);
                    provider.$name(ctx, $($param,)? $($events)?).await
                }
            }
        )*)*
    };
}

for_each_function!(define!());
