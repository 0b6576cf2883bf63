//! The outgoing requests of `wasi:http`, with bounds: what a request is sent to stays in the host's memory for as long as the component
//! holds the request, `wasmtime-wasi-http` takes a method or an authority of any length, and what the host holds counts as memory of the
//! call.

use wasmtime::component::{Linker, Resource};
use wasmtime::{StoreContextMut, bail};
use wasmtime_wasi_http::p2::bindings::http::types::{HostOutgoingRequest as Setters, Method, OutgoingRequest};
use wasmtime_wasi_http::{FieldMap, WasiHttpView};

use crate::host::instance::StoreData;

/// The interface under the name by which `wasmtime-wasi-http` defines it.
const TYPES: &str = "wasi:http/types@0.2.12";
/// How many bytes a method, an authority or a path may have.
const MAX_PART_BYTES: usize = 16 << 10;

/// What a setter returns to the component.
type SetterResult = wasmtime::Result<(Result<(), ()>,)>;

/// Puts the bounded functions in the place of those without a bound. A part that is too long is refused as an invalid one is. It is an error
/// if there are no such functions: those of another version would stay without a bound.
pub(super) fn add_to_linker(linker: &mut Linker<StoreData>) -> wasmtime::Result<()> {
    if linker.instance(TYPES)?.func_wrap("[constructor]outgoing-request", new).is_ok() {
        bail!("`wasmtime-wasi-http` does not define `{TYPES}`");
    }
    linker.allow_shadowing(true);
    let mut types = linker.instance(TYPES)?;
    types.func_wrap("[constructor]outgoing-request", new)?;
    types.func_wrap("[method]outgoing-request.set-method", set_method)?;
    types.func_wrap("[method]outgoing-request.set-authority", set_authority)?;
    types.func_wrap("[method]outgoing-request.set-path-with-query", set_path_with_query)?;
    linker.allow_shadowing(false);
    Ok(())
}

/// A new request. It counts what the host holds for the handles of the call; a call that may hold no more ends.
fn new(
    mut store: StoreContextMut<'_, StoreData>,
    (headers,): (Resource<FieldMap>,),
) -> wasmtime::Result<(Resource<OutgoingRequest>,)> {
    if !store.data_mut().count_handles() {
        bail!("the requests that the component holds take more memory than it may use");
    }
    Ok((Setters::new(&mut store.data_mut().http(), headers)?,))
}

fn set_method(
    mut store: StoreContextMut<'_, StoreData>,
    (request, method): (Resource<OutgoingRequest>, Method),
) -> SetterResult {
    match &method {
        Method::Other(name) if name.len() > MAX_PART_BYTES => Ok((Err(()),)),
        _ => Ok((Setters::set_method(&mut store.data_mut().http(), request, method)?,)),
    }
}

fn set_authority(
    mut store: StoreContextMut<'_, StoreData>,
    (request, authority): (Resource<OutgoingRequest>, Option<String>),
) -> SetterResult {
    match fits(authority.as_deref()) {
        false => Ok((Err(()),)),
        true => Ok((Setters::set_authority(&mut store.data_mut().http(), request, authority)?,)),
    }
}

fn set_path_with_query(
    mut store: StoreContextMut<'_, StoreData>,
    (request, path): (Resource<OutgoingRequest>, Option<String>),
) -> SetterResult {
    match fits(path.as_deref()) {
        false => Ok((Err(()),)),
        true => Ok((Setters::set_path_with_query(&mut store.data_mut().http(), request, path)?,)),
    }
}

fn fits(part: Option<&str>) -> bool {
    part.is_none_or(|part| part.len() <= MAX_PART_BYTES)
}

#[cfg(test)]
mod tests {
    use wasmtime::Engine;

    use super::*;

    #[test]
    fn functions_are_bounded_or_the_host_does_not_start() {
        let mut linker = Linker::new(&Engine::default());
        let error = add_to_linker(&mut linker).expect_err("there is nothing to bound");
        assert!(error.to_string().contains(TYPES), "{error}");
        let mut linker = Linker::new(&Engine::default());
        wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut linker).expect("a linker");
        add_to_linker(&mut linker).expect("what there is to bound");
    }
}
