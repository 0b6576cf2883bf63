//! A provider with one of everything that a provider may answer, for the tests of how it is written on the wire.

#![allow(clippy::print_stderr, reason = "what a component prints is for the log of the host")]

mod completion;
mod content;
mod describe;
mod errors;
mod legs;
mod page;
mod prompts;
mod resources;
mod tools;

#[allow(missing_docs, unsafe_code, clippy::all, reason = "generated")]
mod bindings {
    wit_bindgen::generate!({ path: ["../../../wit", "wit"], world: "wasmcp:everything/everything", generate_all });
}

struct Everything;

#[allow(unsafe_code, reason = "generated")]
mod export {
    super::bindings::export!(Everything with_types_in super::bindings);
    use super::Everything;
}
