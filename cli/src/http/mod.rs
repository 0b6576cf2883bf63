//! The HTTP shell: sockets, timeouts and shutdown around the engine or a composed file.

mod composed;
mod fetch;
mod listen;
mod memory_store;
mod monitored_stream;
mod native;
mod ports;
mod read_ahead;
mod request_body;
mod response_body;
mod run_to_end;
mod timeouts;

pub(crate) use listen::Listener;
pub(crate) use native::Native;
pub(crate) use ports::system_ports;
