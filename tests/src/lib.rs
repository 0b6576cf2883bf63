//! End-to-end tests: they start real servers on free ports of this machine and send bytes to them.
//!
//! Tables (`conversations/*.toml`) have the behaviour that all shells share; they run on each [`Shell`] and on lattices. No test waits for a
//! time to pass: a test waits for a line, an answer or the end of a process, each with a deadline.

mod artefacts;
mod authorization_servers;
mod built;
mod client;
mod clients;
mod conversation;
mod counter;
pub mod examples;
mod gate;
mod lattice;
mod load;
mod login_client;
pub mod outcomes;
mod pattern;
mod processes;
mod server;
mod tables;
pub mod upstream;

pub use artefacts::{component, program, scratch};
pub use authorization_servers::{Keycloak, OidcProvider, StandIn};
pub use built::{Built, LANGUAGES};
pub use client::{Connection, Reply, Request, VERSIONS};
pub use clients::{Client, Task};
pub use conversation::{Case, cases};
pub use counter::Counter;
pub use gate::{Gate, WaitingCall};
pub use lattice::{Lattice, Process, binaries};
pub use load::{CallOutcome, load};
pub use login_client::{LoginClient, Registration};
pub use pattern::{differences, parse_json, whole_differences};
pub use processes::processes_with;
pub use server::{Server, Setup, Shell, free_address};
pub use tables::{CONVERSATIONS, Conversations, Table};
