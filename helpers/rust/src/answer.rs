//! What a function answers: content, JSON, or why there is no result.

use std::fmt::Display;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::arguments::schema;
use crate::contract::*;

/// Why there is no result, or not yet. Each error that has a text becomes a `Text` by `?`.
#[derive(Debug)]
pub enum Failure {
    /// The model reads this text. Of a resource or a prompt it is an internal error.
    Text(String),
    /// An error for the client's program.
    Mcp(McpError),
    /// The user is asked first: [`Call::ask`](crate::Call::ask).
    Ask(Box<InputQuestion>),
    /// The function is called again, with this state and after these milliseconds: [`Call::more`](crate::Call::more).
    More(Value, u32),
}

// No overlap with the conversion to itself: `Failure` has no `Display`.
impl<E: Display> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Text(error.to_string())
    }
}

/// Structured content, whose schema the tool lists. The text repeats it for clients that do not read that.
#[derive(Debug)]
pub struct Json<T>(pub T);

/// What a tool may return: a text, a number, content, [`Json`], or a `Result` of these.
pub trait Answer {
    /// The answer as the contract has it.
    fn answer(self) -> Result<ToolOutput, Failure>;
    /// The schema of structured content.
    fn output_schema() -> Option<Value> {
        None
    }
}

impl<T: Answer, E: Into<Failure>> Answer for Result<T, E> {
    fn answer(self) -> Result<ToolOutput, Failure> {
        self.map_err(Into::into)?.answer()
    }
    fn output_schema() -> Option<Value> {
        T::output_schema()
    }
}

impl<T: Serialize + JsonSchema> Answer for Json<T> {
    fn answer(self) -> Result<ToolOutput, Failure> {
        let json = serde_json::to_string(&self.0)?;
        Ok(ToolOutput { content: vec![text(&json)], structured_content: Some(json), ..Default::default() })
    }
    fn output_schema() -> Option<Value> {
        Some(schema::<T>())
    }
}

macro_rules! answered {
    ($($kind:ty)* : $value:ident => $output:expr) => {
        $(impl Answer for $kind {
            fn answer(self) -> Result<ToolOutput, Failure> {
                let $value = self;
                Ok($output)
            }
        })*
    };
}
answered!(ToolOutput: output => output);
answered!(ContentBlock: block => ToolOutput { content: vec![block], ..Default::default() });
answered!(Vec<ContentBlock>: content => ToolOutput { content, ..Default::default() });
answered!(String &'static str bool char f32 f64 i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize:
    value => ToolOutput { content: vec![text(value)], ..Default::default() });

/// Content that is a text.
pub fn text(text: impl ToString) -> ContentBlock {
    ContentBlock::Text(TextContent { text: text.to_string(), ..Default::default() })
}

/// Content that is a picture.
pub fn image(data: Vec<u8>, mime_type: &str) -> ContentBlock {
    ContentBlock::Image(MediaContent { data, mime_type: mime_type.into(), ..Default::default() })
}

/// A message of a prompt: who says it, and what.
pub fn said(role: Role, words: impl ToString) -> PromptMessage {
    PromptMessage { role, content: text(words), extra: None }
}

impl<T: Into<String>> From<T> for ResourceBody {
    fn from(text: T) -> Self {
        Self::Text(text.into())
    }
}
