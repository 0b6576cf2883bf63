//! The functions of the contract that a component exports.

use std::marker::PhantomData;

use contract::model::McpError;
use contract::{Function, FunctionName, functions};
use wasmtime::component::{Component, ComponentExportIndex, Instance, TypedFunc};
use wasmtime::{AsContextMut, Engine, Result, ensure, error::Context as _};

/// Finds each function of the contract.
macro_rules! find_each {
    (($exports:ident, $component:ident, $store:ident, $instance:ident) $({ $module:ident $interface:literal
        $({ $kind:ident $($rest:tt)* })*
    })*) => {
        $($($exports.find::<functions::$kind>($component, &mut $store, $instance)?;)*)*
    };
}

/// The functions of the contract that a provider exports, each in its place of [`FunctionName::ALL`]. One that is not there is not offered.
pub(crate) struct Exports([Option<ComponentExportIndex>; FunctionName::ALL.len()]);

impl Exports {
    /// The functions of a provider, each of the type that the contract gives it: asked when the host starts, not by the first
    /// client. The store has to hold an instance of the component, since wasmtime compares the types of an instance.
    pub(crate) fn of(component: &Component, mut store: impl AsContextMut, instance: &Instance) -> Result<Self> {
        let mut exports = Self([None; FunctionName::ALL.len()]);
        contract::for_each_function!(find_each!(exports, component, store, instance));
        ensure!(exports.get::<functions::Describe>().is_some(), "it is not a provider");
        Ok(exports)
    }

    /// Notes where a function is, if the component exports it. Fails if it has another type than the contract's.
    fn find<F: Function>(
        &mut self,
        component: &Component,
        store: impl AsContextMut,
        instance: &Instance,
    ) -> Result<()> {
        if let Some(index) = index(component, F::NAME) {
            let _: TypedFunction<'_, F> = instance.get_typed_func(store, index)?;
            if let Some(place) = self.0.get_mut(F::INDEX) {
                *place = Some(index);
            }
        }
        Ok(())
    }

    /// The function, if the component exports it.
    pub(crate) fn get<F: Function>(&self) -> Option<Export<F>> {
        Some(Export { index: (*self.0.get(F::INDEX)?)?, function: PhantomData })
    }
}

/// Whether a component is a provider: what all of them export is there.
pub(crate) fn is_provider(component: &Component) -> bool {
    index(component, functions::Describe::NAME).is_some()
}

/// Where a component has a function of the contract.
fn index(component: &Component, name: FunctionName) -> Option<ComponentExportIndex> {
    let interface = component.get_export_index(None, name.interface)?;
    component.get_export_index(Some(&interface), name.function)
}

/// A function of the contract that can be called in wasmtime.
pub(crate) type TypedFunction<'a, F> =
    TypedFunc<<F as Function>::Arguments<'a>, (std::result::Result<<F as Function>::Answer, McpError>,)>;

/// A function that a component exports, whose type is known to be that of the contract.
pub(crate) struct Export<F> {
    index: ComponentExportIndex,
    function: PhantomData<F>,
}

impl<F: Function> Export<F> {
    /// The function in another instance of the component. Comparing its type again would take a seventh of a call.
    #[allow(
        unsafe_code,
        reason = "the type was compared when the host started, and comparing it is a seventh of a call"
    )]
    pub(crate) fn of<'a>(&self, store: impl AsContextMut, instance: &Instance) -> Result<TypedFunction<'a, F>> {
        let function = instance.get_func(store, self.index).context("this is an instance of another component")?;
        // SAFETY: `Exports::find` compared the type of the export with that of `F` before it noted the export's index in the place
        // `F::INDEX`, and an `Export<F>` is made of what stands in that place alone. No other function has this place: `Function` is
        // sealed, and the contract numbers its functions one after the other. `get_func` finds the index in instances of the
        // component that was compared, and in no others.
        Ok(unsafe { TypedFunc::new_unchecked(function) })
    }
}

/// The names of everything that a component exports.
pub(crate) fn names(component: &Component, engine: &Engine) -> String {
    let names: Vec<String> = component.component_type().exports(engine).map(|(name, _)| format!("`{name}`")).collect();
    if names.is_empty() { "nothing".to_owned() } else { names.join(", ") }
}
