//! A provider of MCP from typed functions. [`Server`] has the tools, resources and prompts, and [`serve!`] makes the component's exports of it.
//!
//! # Design
//! - No macro reads a function: a closure has its types, and `schemars` makes the schema of them.
//! - The contract stays in reach. Its records are in [`contract`], where those that may be empty have a default; every `with` gives the record
//!   that is listed; and the methods of [`Server`] are the functions of the contract, which an author's own `Guest` may call.
//! - What the host offers is asked on wasm alone. Elsewhere a host without services is in its place, so that a server can be tested natively.

mod answer;
mod arguments;
mod call;
mod serve;
mod server;
mod services;
mod tool;

pub use answer::{Answer, Failure, Json, image, said, text};
pub use arguments::NoArguments;
pub use bindings::wasmcp::mcp::model as contract;
pub use call::{Call, Elicited};
pub use serve::Provider;
pub use server::Server;
pub use services::{Request, Response, setting};
pub use tool::Tool;

/// The bindings of the contract: its records, the functions of a provider as traits, and those of the host's services.
#[allow(missing_docs, clippy::all, clippy::pedantic, reason = "generated")]
pub mod bindings {
    #[rustfmt::skip]
    wit_bindgen::generate!({
        path: "wit",
        world: "wasmcp:helper/server",
        pub_export_macro: true,
        export_macro_name: "export_contract",
        default_bindings_module: "wasmcp_provider::bindings",
        runtime_path: "::wasmcp_provider::wit_bindgen::rt",
        generate_all,
        additional_derives: [Default],
        // Variants and enums, and records that must have one: there is no such thing as an empty one.
        additional_derives_ignore: [
            "cache-hint", "cache-scope", "change", "client-capabilities", "client-features", "completion-ref", "completion-request",
            "content-block", "context", "elicitation-action", "elicitation-result", "embedded-resource", "event", "failure", "icon-theme",
            "include-context", "input-answer", "input-question", "input-request", "input-response", "log-level", "log-message", "mcp-error",
            "offers", "prompt-leg", "prompt-message", "prompt-outcome", "provider-info", "resource-body", "resource-contents", "resource-leg",
            "resource-outcome", "role", "sampling-content", "sampling-message", "sampling-result", "task-support", "tool-choice", "tool-leg",
            "tool-outcome",
        ],
    });
}

#[doc(hidden)]
pub use wit_bindgen;
// The bindings name the crate as its users do.
extern crate self as wasmcp_provider;

/// The first tool of the README is built.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
