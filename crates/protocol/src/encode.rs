//! Records of the contract as JSON text, for the version that the client speaks.
//!
//! What a record says is written member by member into one buffer, without a tree in between. Text of a provider that should be
//! JSON is checked before it is written; what breaks the contract is an [`EncodeError`] that says where.

mod breach;
mod capabilities;
mod content;
mod event;
mod frame;
mod info;
mod object;
mod result;
mod server;
#[cfg(test)]
mod tests;
mod tool;

pub use breach::EncodeError;
pub use capabilities::client_capabilities;
pub use event::{elicitation_complete, log, progress, unnamed_notification};
pub use frame::{error, error_data, response};
pub use result::{Stamp, empty, unnamed_result};
pub use server::{discover_result, initialize_result};
pub use tool::{tool_output, tool_page};

/// Whether something could be written.
type Written = Result<(), EncodeError>;
