//! The HTTP shell: sockets, timeouts and shutdown around the engine or a composed file.

mod body;
mod composed;
mod inbound;
mod listen;
mod native;
mod stream;
mod surroundings;

pub(crate) use listen::Listener;
pub(crate) use native::Native;
pub(crate) use surroundings::System;
