//! The JSON that each record has in each version of MCP, as a tree: a second implementation, from the schemas, with every field named, so
//! that it does not compile when a record gets another one.

mod content;
mod notifications;
mod prompts;
mod resources;
mod results;
mod server;
mod tools;

pub use notifications::{event, log_level, log_message, progress};
pub use prompts::{prompt_output, prompt_page};
pub use resources::{resource_output, resource_page, template_page};
pub use results::{completion_values, unnamed_result};
pub use server::{implementation, provider_info};
pub use tools::{tool_output, tool_page};
