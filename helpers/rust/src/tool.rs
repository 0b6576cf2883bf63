//! A tool: what is listed of it, and its function.

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::answer::{Answer, Failure};
use crate::arguments::{input_schema, read};
use crate::call::Call;
use crate::contract::{Tool as Listed, ToolAnnotations, ToolOutput};

type Run = dyn Fn(&str, &Call) -> Result<ToolOutput, Failure>;

/// A tool. [`Server::tool`](crate::Server::tool) makes one that has a name and a description alone.
pub struct Tool {
    pub(crate) listed: Listed,
    // Made when tools are listed, not when one is called.
    schemas: fn() -> (Value, Option<Value>),
    pub(crate) run: Box<Run>,
}

impl Tool {
    /// A tool of a function, whose types give the schemas.
    pub fn new<A, R>(name: &str, description: &str, run: impl Fn(A, &Call) -> R + 'static) -> Self
    where
        A: DeserializeOwned + JsonSchema,
        R: Answer,
    {
        let listed = Listed { name: name.into(), description: Some(description.into()), ..Default::default() };
        let run = move |arguments: &str, call: &Call| run(read(arguments)?, call).answer();
        Self { listed, schemas: || (input_schema::<A>(), R::output_schema()), run: Box::new(run) }
    }

    /// Says that the tool changes nothing. A host may then call it again when no answer comes.
    #[must_use]
    pub fn read_only(self) -> Self {
        let annotations = ToolAnnotations { read_only_hint: Some(true), ..Default::default() };
        self.with(|tool| tool.annotations = Some(annotations))
    }

    /// Changes what is listed. A schema that is set here is not made of the types.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Listed)) -> Self {
        change(&mut self.listed);
        self
    }

    pub(crate) fn list(&self) -> Listed {
        let (input, output) = (self.schemas)();
        let mut listed = self.listed.clone();
        if listed.input_schema.is_empty() {
            listed.input_schema = input.to_string();
        }
        listed.output_schema = listed.output_schema.or(output.map(|output| output.to_string()));
        listed
    }
}
