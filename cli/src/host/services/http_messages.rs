//! The messages of `wasi:http`, with bounds: what one is made of stays in the host's memory for as long as the component holds it,
//! `wasmtime-wasi-http` takes a method or an authority of any length, and what the host holds counts as memory of the call.

use wasmtime::component::{Linker, Resource};
use wasmtime::{StoreContextMut, bail};
use wasmtime_wasi_http::p2::bindings::http::types::{
    HeaderError, Host as Errors, HostFields, HostOutgoingRequest as Requests, HostOutgoingResponse as Responses,
    Method, OutgoingBody, OutgoingRequest, OutgoingResponse,
};
use wasmtime_wasi_http::{FieldMap, WasiHttpView};

use crate::host::instance::StoreData;

/// The interface under the name by which `wasmtime-wasi-http` defines it.
const TYPES: &str = "wasi:http/types@0.2.12";
/// How many bytes a method, an authority or a path may have.
const MAX_PART_BYTES: usize = 16 << 10;

/// What a setter returns to the component.
type SetterResult = wasmtime::Result<(Result<(), ()>,)>;
/// A message, or a part of one, that the host has made for the component.
type Made<T> = wasmtime::Result<(Resource<T>,)>;
/// The body of a message, of which there is one alone.
type MadeBody = wasmtime::Result<(Result<Resource<OutgoingBody>, ()>,)>;

/// Puts the bounded functions in the place of those without a bound. A part that is too long is refused as an invalid one is, and each function
/// that makes something counts what the host holds. It is an error if there are no such functions: those of another version would stay
/// without a bound.
///
/// Headers that a component cannot change share the memory of their message. Those that it can change were made here, and count as much as
/// they may become.
pub(super) fn add_to_linker(linker: &mut Linker<StoreData>) -> wasmtime::Result<()> {
    if linker.instance(TYPES)?.func_wrap("[constructor]fields", new_fields).is_ok() {
        bail!("`wasmtime-wasi-http` does not define `{TYPES}`");
    }
    linker.allow_shadowing(true);
    let mut types = linker.instance(TYPES)?;
    types.func_wrap("[constructor]fields", new_fields)?;
    types.func_wrap("[static]fields.from-list", fields_of_list)?;
    types.func_wrap("[method]fields.clone", clone_fields)?;
    types.func_wrap("[constructor]outgoing-request", new_request)?;
    types.func_wrap("[method]outgoing-request.body", request_body)?;
    types.func_wrap("[constructor]outgoing-response", new_response)?;
    types.func_wrap("[method]outgoing-response.body", response_body)?;
    types.func_wrap("[method]outgoing-request.set-method", set_method)?;
    types.func_wrap("[method]outgoing-request.set-authority", set_authority)?;
    types.func_wrap("[method]outgoing-request.set-path-with-query", set_path_with_query)?;
    linker.allow_shadowing(false);
    Ok(())
}

fn new_fields(mut store: StoreContextMut<'_, StoreData>, (): ()) -> Made<FieldMap> {
    let fields = HostFields::new(&mut store.data_mut().http())?;
    counted(&mut store, fields)
}

fn fields_of_list(
    mut store: StoreContextMut<'_, StoreData>,
    (entries,): (Vec<(String, Vec<u8>)>,),
) -> wasmtime::Result<(Result<Resource<FieldMap>, HeaderError>,)> {
    let mut http = store.data_mut().http();
    let fields = match HostFields::from_list(&mut http, entries) {
        Ok(fields) => Ok(fields),
        Err(error) => Err(Errors::convert_header_error(&mut http, error)?),
    };
    counted(&mut store, fields)
}

fn clone_fields(mut store: StoreContextMut<'_, StoreData>, (fields,): (Resource<FieldMap>,)) -> Made<FieldMap> {
    let fields = HostFields::clone(&mut store.data_mut().http(), fields)?;
    counted(&mut store, fields)
}

fn new_request(mut store: StoreContextMut<'_, StoreData>, (headers,): (Resource<FieldMap>,)) -> Made<OutgoingRequest> {
    let request = Requests::new(&mut store.data_mut().http(), headers)?;
    counted(&mut store, request)
}

fn request_body(mut store: StoreContextMut<'_, StoreData>, (request,): (Resource<OutgoingRequest>,)) -> MadeBody {
    let body = Requests::body(&mut store.data_mut().http(), request)?;
    counted(&mut store, body)
}

fn new_response(
    mut store: StoreContextMut<'_, StoreData>,
    (headers,): (Resource<FieldMap>,),
) -> Made<OutgoingResponse> {
    let response = Responses::new(&mut store.data_mut().http(), headers)?;
    counted(&mut store, response)
}

fn response_body(mut store: StoreContextMut<'_, StoreData>, (response,): (Resource<OutgoingResponse>,)) -> MadeBody {
    let body = Responses::body(&mut store.data_mut().http(), response)?;
    counted(&mut store, body)
}

/// What was made, once what the host holds for the handles of the call is counted. A call that may hold no more ends.
fn counted<T>(store: &mut StoreContextMut<'_, StoreData>, made: T) -> wasmtime::Result<(T,)> {
    if !store.data_mut().count_handles() {
        bail!("the messages that the component holds take more memory than it may use");
    }
    Ok((made,))
}

fn set_method(
    mut store: StoreContextMut<'_, StoreData>,
    (request, method): (Resource<OutgoingRequest>, Method),
) -> SetterResult {
    match &method {
        Method::Other(name) if name.len() > MAX_PART_BYTES => Ok((Err(()),)),
        _ => Ok((Requests::set_method(&mut store.data_mut().http(), request, method)?,)),
    }
}

fn set_authority(
    mut store: StoreContextMut<'_, StoreData>,
    (request, authority): (Resource<OutgoingRequest>, Option<String>),
) -> SetterResult {
    match fits(authority.as_deref()) {
        false => Ok((Err(()),)),
        true => Ok((Requests::set_authority(&mut store.data_mut().http(), request, authority)?,)),
    }
}

fn set_path_with_query(
    mut store: StoreContextMut<'_, StoreData>,
    (request, path): (Resource<OutgoingRequest>, Option<String>),
) -> SetterResult {
    match fits(path.as_deref()) {
        false => Ok((Err(()),)),
        true => Ok((Requests::set_path_with_query(&mut store.data_mut().http(), request, path)?,)),
    }
}

fn fits(part: Option<&str>) -> bool {
    part.is_none_or(|part| part.len() <= MAX_PART_BYTES)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::{Duration, Instant};

    use wasmtime::Engine;
    use wasmtime::component::Component;

    use super::*;
    use crate::host::engine::{PROVIDER, engine};
    use crate::host::grant::Grant;
    use crate::host::instance::{Shortage, TimeLimit, new_store};

    #[test]
    fn functions_are_bounded_or_the_host_does_not_start() {
        let mut linker = Linker::new(&Engine::default());
        let error = add_to_linker(&mut linker).expect_err("there is nothing to bound");
        assert!(error.to_string().contains(TYPES), "{error}");
        let mut linker = Linker::new(&Engine::default());
        wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut linker).expect("a linker");
        add_to_linker(&mut linker).expect("what there is to bound");
    }

    /// A component that does the same so many times, and drops nothing of what it gets.
    fn component(engine: &Engine, each_time: &str) -> Component {
        let text = format!(
            r#"(component
                (import "wasi:http/types@0.2.12" (instance $types
                    (export "fields" (type $fields (sub resource)))
                    (export "outgoing-body" (type $body (sub resource)))
                    (export "outgoing-request" (type $request (sub resource)))
                    (export "outgoing-response" (type $response (sub resource)))
                    (type $errors (variant (case "invalid-syntax") (case "forbidden") (case "immutable")))
                    (export "header-error" (type $header-error (eq $errors)))
                    (export "[constructor]fields" (func (result (own $fields))))
                    (export "[method]fields.clone" (func (param "self" (borrow $fields)) (result (own $fields))))
                    (export "[static]fields.from-list" (func
                        (param "entries" (list (tuple string (list u8))))
                        (result (result (own $fields) (error $header-error)))))
                    (export "[constructor]outgoing-request" (func (param "headers" (own $fields)) (result (own $request))))
                    (export "[method]outgoing-request.body" (func
                        (param "self" (borrow $request)) (result (result (own $body)))))
                    (export "[constructor]outgoing-response" (func
                        (param "headers" (own $fields)) (result (own $response))))
                    (export "[method]outgoing-response.body" (func
                        (param "self" (borrow $response)) (result (result (own $body)))))))
                (core module $memory (memory (export "memory") 1))
                (core instance $memory (instantiate $memory))
                (core func $new (canon lower (func $types "[constructor]fields")))
                (core func $clone (canon lower (func $types "[method]fields.clone")))
                (core func $list (canon lower (func $types "[static]fields.from-list") (memory (core memory $memory "memory"))))
                (core func $request (canon lower (func $types "[constructor]outgoing-request")))
                (core func $request-body
                    (canon lower (func $types "[method]outgoing-request.body") (memory (core memory $memory "memory"))))
                (core func $response (canon lower (func $types "[constructor]outgoing-response")))
                (core func $response-body
                    (canon lower (func $types "[method]outgoing-response.body") (memory (core memory $memory "memory"))))
                (core module $main
                    (import "http" "new" (func $new (result i32)))
                    (import "http" "clone" (func $clone (param i32) (result i32)))
                    (import "http" "list" (func $list (param i32 i32 i32)))
                    (import "http" "request" (func $request (param i32) (result i32)))
                    (import "http" "request-body" (func $request-body (param i32 i32)))
                    (import "http" "response" (func $response (param i32) (result i32)))
                    (import "http" "response-body" (func $response-body (param i32 i32)))
                    (func (export "run") (param $times i32)
                        (loop $next
                            {each_time}
                            (local.set $times (i32.sub (local.get $times) (i32.const 1)))
                            (br_if $next (local.get $times)))))
                (core instance $main (instantiate $main (with "http" (instance
                    (export "new" (func $new))
                    (export "clone" (func $clone))
                    (export "list" (func $list))
                    (export "request" (func $request))
                    (export "request-body" (func $request-body))
                    (export "response" (func $response))
                    (export "response-body" (func $response-body))))))
                (func (export "run") (param "times" u32) (canon lift (core func $main "run"))))"#
        );
        Component::new(engine, wat::parse_str(text).expect("a component")).expect("it compiles")
    }

    #[tokio::test]
    async fn what_the_host_holds_of_messages_counts_as_memory_of_the_call() {
        const HANDLES: u32 = 100;
        let engine = engine(&PROVIDER, 1, 64 << 20, None).expect("an engine");
        let linker = super::super::linker(&engine).expect("a linker");
        let mut grant = Grant::nothing("test");
        // The component's own memory has one page, which is as large as a handle counts.
        grant.limits.memory = (64 << 10) * (HANDLES as usize + 1);
        let grant = Arc::new(grant);
        for (each_time, handles) in [
            ("(drop (call $new))", 1),
            ("(drop (call $clone (call $new)))", 2),
            ("(call $list (i32.const 0) (i32.const 0) (i32.const 16))", 1),
            ("(drop (call $request (call $new)))", 1),
            ("(call $request-body (call $request (call $new)) (i32.const 16))", 2),
            ("(drop (call $response (call $new)))", 1),
            ("(call $response-body (call $response (call $new)) (i32.const 16))", 2),
        ] {
            let component = component(&engine, each_time);
            let most = HANDLES / handles;
            for (times, shortage) in [(most, None), (most + 1, Some(Shortage::OfCall))] {
                let time = TimeLimit::Until(Instant::now() + Duration::from_secs(60));
                let mut store = new_store(&engine, &grant, time, grant.memory.nothing());
                let instance = linker.instantiate_async(&mut store, &component).await.expect("an instance");
                let run = instance.get_typed_func::<(u32,), ()>(&mut store, "run").expect("a function");
                let ended = run.call_async(&mut store, (times,)).await;
                assert_eq!(
                    (ended.is_ok(), store.data().memory.shortage),
                    (shortage.is_none(), shortage),
                    "{times} {each_time}"
                );
            }
        }
    }
}
