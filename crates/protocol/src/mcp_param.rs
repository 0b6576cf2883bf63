//! `Mcp-Param-*`: arguments that a tool asks clients to repeat in headers, so that a proxy can route by them (MCP
//! 2026-07-28, transports, custom headers from tool parameters). A server that reads the body must check that both say the same.

mod annotation;
#[cfg(test)]
mod tests;

use serde_json::{Number, Value};
use thiserror::Error;

use crate::header_value::{self, HeaderValueError};

use annotation::{Annotation, KEYWORD};
pub use annotation::{AnnotationFault, MAX_ANNOTATIONS};

/// How many bytes a schema may have that is read for calls.
pub const MAX_SCHEMA_BYTES: usize = 256 * 1024;

/// Checks that clients can follow every annotation of an input schema.
pub fn check_schema(schema: &Value) -> Result<(), AnnotationFault> {
    annotation::of_schema(schema).1.map_or(Ok(()), Err)
}

/// A header that does not repeat its argument.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ParamMismatch {
    /// The argument has a value, its header is missing.
    #[error("the header `{header}` is missing: repeat the argument `{argument}` in it")]
    Missing {
        /// The name of the header.
        header: String,
        /// The path of the argument.
        argument: String,
    },
    /// The header has a value, its argument is missing or `null`.
    #[error("the header `{header}` has a value, but the argument `{argument}` has none: leave the header out")]
    Unexpected {
        /// The name of the header.
        header: String,
        /// The path of the argument.
        argument: String,
    },
    /// The header is there more than once.
    #[error("the header `{header}` is there more than once: send it once")]
    Repeated {
        /// The name of the header.
        header: String,
    },
    /// The header's value cannot be read.
    #[error("the header `{header}` {reason}")]
    InvalidEncoding {
        /// The name of the header.
        header: String,
        /// Why the value cannot be read.
        reason: HeaderValueError,
    },
    /// Both have a value, and the values differ.
    #[error("the header `{header}` is not what the argument `{argument}` says")]
    Different {
        /// The name of the header.
        header: String,
        /// The path of the argument.
        argument: String,
    },
    /// The tool's schema cannot be read, so that nothing can be checked.
    #[error("the input schema of the tool is not JSON, or too large")]
    Schema,
}

/// The arguments that a tool asks clients to repeat in headers: what its input schema says, read once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MirroredArguments {
    annotations: Vec<Annotation>,
    /// The schema mentions headers and cannot be read.
    unreadable: bool,
}

impl MirroredArguments {
    /// Reads an input schema. An annotation that the specification forbids is left out: conforming clients do not use a tool that has
    /// one. A schema that is not JSON is no error before a call is checked.
    pub fn of_schema(schema: &str) -> Self {
        if !schema.contains(KEYWORD) {
            return Self::default();
        }
        let schema = Some(schema).filter(|schema| schema.len() <= MAX_SCHEMA_BYTES);
        match schema.and_then(|schema| serde_json::from_str::<Value>(schema).ok()) {
            Some(schema) => Self { annotations: annotation::of_schema(&schema).0, unreadable: false },
            None => Self { annotations: Vec::new(), unreadable: true },
        }
    }

    /// Whether the tool asks for no header.
    pub fn is_empty(&self) -> bool {
        self.annotations.is_empty() && !self.unreadable
    }

    /// Checks the headers of a call against its arguments, a JSON object. `values` is asked for names in lower case, such as
    /// `mcp-param-region`, and gives every value of the header as it came. A header that the tool does not ask for is not looked at.
    pub fn check<'h, V: IntoIterator<Item = &'h [u8]>>(
        &self,
        arguments: &str,
        values: impl Fn(&str) -> V,
    ) -> Result<(), ParamMismatch> {
        if self.unreadable {
            return Err(ParamMismatch::Schema);
        }
        if self.annotations.is_empty() {
            return Ok(());
        }
        let arguments = serde_json::from_str(arguments).unwrap_or(Value::Null);
        for annotation in &self.annotations {
            let mut values = values(&annotation.header_key()).into_iter();
            let header = values.next();
            if values.next().is_some() {
                return Err(ParamMismatch::Repeated { header: annotation.header() });
            }
            compare(annotation, annotation.argument(&arguments), header)?;
        }
        Ok(())
    }
}

fn compare(annotation: &Annotation, argument: &Value, header: Option<&[u8]>) -> Result<(), ParamMismatch> {
    let names = || (annotation.header(), annotation.path.join("."));
    let Some(header) = header else {
        // An array or an object has no place in a header: the tool refuses it, if it must.
        return if matches!(argument, Value::Null | Value::Array(_) | Value::Object(_)) {
            Ok(())
        } else {
            let (header, argument) = names();
            Err(ParamMismatch::Missing { header, argument })
        };
    };
    let text = header_value::decode(header)
        .map_err(|reason| ParamMismatch::InvalidEncoding { header: annotation.header(), reason })?;
    let same = match argument {
        // A proxy may have routed the request by this header, and so by a value that the call does not have.
        Value::Null => {
            let (header, argument) = names();
            return Err(ParamMismatch::Unexpected { header, argument });
        }
        Value::String(argument) => *argument == text,
        Value::Bool(argument) => text == if *argument { "true" } else { "false" },
        Value::Number(argument) => same_number(argument, &text),
        Value::Array(_) | Value::Object(_) => false,
    };
    let (header, argument) = names();
    if same { Ok(()) } else { Err(ParamMismatch::Different { header, argument }) }
}

/// Compares a number of the body with a header as numbers: `42` is `42.0`. The header must be a number by the grammar of JSON.
fn same_number(argument: &Number, header: &str) -> bool {
    let Ok(header) = serde_json::from_str::<Number>(header) else { return false };
    match (argument.as_i128(), header.as_i128()) {
        (Some(argument), Some(header)) => argument == header,
        _ => argument.as_f64() == header.as_f64(),
    }
}
