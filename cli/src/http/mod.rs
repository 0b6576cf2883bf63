//! The HTTP shell: sockets, timeouts and shutdown around the engine or a composed file.

mod body_buffer;
mod byte_budget;
mod client_body;
mod composed;
mod composed_answer;
mod drain;
mod engine_store;
mod fetch;
mod given_up;
mod keep_alive;
mod listen;
mod monitored_stream;
mod native;
mod outage_warnings;
mod ports;
mod read_ahead;
mod request_body;
mod request_log;
mod response_body;
mod run_to_end;
mod signatures;
mod streamed_body;
mod timeouts;
mod unread_events;
mod waiting_connections;

pub(crate) use composed::ComposedService;
pub(crate) use listen::{Listener, ListenerLimits};
pub(crate) use native::NativeService;
pub(crate) use ports::system_ports;
pub(crate) use signatures::install_signatures;
