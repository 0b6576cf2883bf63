//! A module as it is once it has initialized itself: its memory and globals are written into it, and no call waits for that again.

use wasmtime::{Engine, Instance, Linker, Module, Store, Val};
use wasmtime_wasi::WasiCtxBuilder;
use wasmtime_wasi::p1::{WasiP1Ctx, add_to_linker_async};
use wasmtime_wizer::{InstanceState, SnapshotVal, ValType, Wizer};

/// The function by which a host initializes a module (WASI, application ABI, "reactors"). The snapshot has none.
const INITIALIZE: &str = "_initialize";

/// Initializes a module of WASI 0.1, which finds no arguments, variables or files there, and returns what it has become. Whatever else it imports ends
/// its initialization.
pub(super) async fn initialized(module: &[u8]) -> wasmtime::Result<Vec<u8>> {
    let mut wizer = Wizer::new();
    wizer.init_func(INITIALIZE);
    let (context, instrumented) = wizer.instrument(module)?;
    let engine = Engine::default();
    let module = Module::new(&engine, instrumented)?;
    let mut linker = Linker::new(&engine);
    add_to_linker_async(&mut linker, |wasi: &mut WasiP1Ctx| wasi)?;
    linker.define_unknown_imports_as_traps(&module)?;
    let mut store = Store::new(&engine, WasiCtxBuilder::new().inherit_stderr().build_p1());
    let instance = linker.instantiate_async(&mut store, &module).await?;
    instance.get_typed_func::<(), ()>(&mut store, INITIALIZE)?.call_async(&mut store, ()).await?;
    wizer.snapshot(&context, &mut Initialized { store, instance }).await
}

/// An instance of the module that Wizer has made of the first one: it exports all of its state.
struct Initialized {
    store: Store<WasiP1Ctx>,
    instance: Instance,
}

impl InstanceState for Initialized {
    async fn global_get(&mut self, name: &str, _: ValType) -> SnapshotVal {
        let value = self.instance.get_global(&mut self.store, name).map(|global| global.get(&mut self.store));
        match value {
            Some(Val::I32(value)) => SnapshotVal::I32(value),
            Some(Val::I64(value)) => SnapshotVal::I64(value),
            Some(Val::F32(value)) => SnapshotVal::F32(value),
            Some(Val::F64(value)) => SnapshotVal::F64(value),
            Some(Val::V128(value)) => SnapshotVal::V128(value.as_u128()),
            other => unreachable!("Wizer asks for numbers: {other:?}"),
        }
    }

    async fn memory_contents(&mut self, name: &str, contents: impl FnOnce(&[u8]) + Send) {
        if let Some(memory) = self.instance.get_memory(&mut self.store, name) {
            contents(memory.data(&self.store));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a module answers that writes 42 into its memory and 7 into a global when it is initialized, and whether it can be initialized again.
    async fn answers(initialization: &str) -> wasmtime::Result<(i32, i32, bool)> {
        let module = format!(
            "(module
                (import \"wasi_snapshot_preview1\" \"args_sizes_get\" (func $wasi (param i32 i32) (result i32)))
                (import \"wasmcp:mcp/settings@0.1.0\" \"get\" (func $service))
                (memory (export \"memory\") 1)
                (global $global (mut i32) (i32.const 0))
                (func (export \"_initialize\")
                    (i32.store (i32.const 8) (i32.const 42)) (global.set $global (i32.const 7)) {initialization})
                (func (export \"memory-value\") (result i32) (i32.load (i32.const 8)))
                (func (export \"global-value\") (result i32) (global.get $global)))"
        );
        let snapshot = initialized(&wat::parse_str(module)?).await?;
        let engine = Engine::default();
        let module = Module::new(&engine, snapshot)?;
        let mut linker = Linker::new(&engine);
        linker.define_unknown_imports_as_traps(&module)?;
        let mut store = Store::new(&engine, ());
        let instance = linker.instantiate_async(&mut store, &module).await?;
        let mut values = Vec::new();
        for name in ["memory-value", "global-value"] {
            let function = instance.get_typed_func::<(), i32>(&mut store, name)?;
            values.push(function.call_async(&mut store, ()).await?);
        }
        let [memory, global] = values[..] else { unreachable!("two values") };
        Ok((memory, global, instance.get_func(&mut store, INITIALIZE).is_some()))
    }

    #[tokio::test]
    async fn a_snapshot_has_what_the_initialization_has_written_and_is_not_initialized_again() {
        let uses_wasi = "(drop (call $wasi (i32.const 16) (i32.const 20)))";
        for initialization in ["", uses_wasi] {
            assert_eq!(answers(initialization).await.expect("a snapshot"), (42, 7, false), "{initialization}");
        }
    }

    #[tokio::test]
    async fn an_initialization_that_calls_a_service_or_traps_is_an_error() {
        for (initialization, expected) in [("(call $service)", "wasmcp:mcp/settings"), ("(unreachable)", "unreachable")]
        {
            let error = format!("{:#}", answers(initialization).await.expect_err(initialization));
            assert!(error.contains(expected), "{error}");
        }
    }
}
