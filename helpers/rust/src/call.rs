//! One leg of a call: what came with it, and what a function may do while it runs.

use std::cell::RefCell;
use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::answer::Failure;
use crate::arguments::form_schema;
use crate::contract::*;
use crate::services;

/// A call, or the leg of it that runs.
pub struct Call<'a> {
    /// What the server passes with every call.
    pub context: &'a Context,
    /// What an earlier leg saved, and the answers of the client, as the contract has them.
    pub resumed: Option<Resumption>,
    saved: Saved,
    events: RefCell<Vec<Event>>,
}

/// What the bytes are that a leg saves.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Saved {
    state: Option<Value>,
    answers: BTreeMap<String, Elicited<Value>>,
}

/// What a user did with a form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Elicited<T> {
    /// The user agreed, and filled in this.
    Accept(T),
    /// The user refused.
    Decline,
    /// The user closed the form without a choice.
    Cancel,
}

/// How a leg ends, of a tool, a resource or a prompt alike.
pub(crate) enum End<T> {
    Complete(T),
    More(More),
    InputRequired(InputRequired),
}

impl<'a> Call<'a> {
    pub(crate) fn new(context: &'a Context, resumed: Option<Resumption>) -> Result<Self, McpError> {
        let bytes = resumed.as_ref().and_then(|resumed| resumed.saved.as_deref());
        let saved = bytes.map_or_else(|| Ok(Saved::default()), serde_json::from_slice);
        let mut saved: Saved = saved.map_err(|_| McpError::InvalidSaved)?;
        for answer in resumed.iter().flat_map(|resumed| &resumed.answers) {
            if let InputResponse::Elicit(given) = &answer.response {
                let elicited = match given.action {
                    ElicitationAction::Accept => {
                        // What is no JSON fits no form, so that it is refused where it is asked for.
                        let content = given.content.as_deref().map(serde_json::from_str);
                        Elicited::Accept(content.and_then(Result::ok).unwrap_or_default())
                    }
                    ElicitationAction::Decline => Elicited::Decline,
                    ElicitationAction::Cancel => Elicited::Cancel,
                };
                saved.answers.insert(answer.key.clone(), elicited);
            }
        }
        Ok(Self { context, resumed, saved, events: RefCell::default() })
    }

    /// Tells the client how far the call is: at once where the host can, else with the answer of this leg.
    pub fn progress(&self, progress: f64, total: Option<f64>, message: &str) {
        // A number that is not finite would end the call.
        if self.context.progress_wanted && progress.is_finite() {
            let message = (!message.is_empty()).then(|| message.into());
            let total = total.filter(|total| total.is_finite());
            self.emit(Event::Progress(Progress { progress, total, message, extra: None }));
        }
    }

    /// Logs for the client, if it wants messages of this level. A server that logs says so: `info.offers |= Offers::LOGGING`.
    pub fn log(&self, level: LogLevel, data: impl Serialize) {
        let wanted = self.context.log_level.is_some_and(|wanted| wanted as u8 <= level as u8);
        if let (true, Ok(data)) = (wanted, serde_json::to_string(&data)) {
            self.emit(Event::Log(LogMessage { level, logger: None, data, extra: None }));
        }
    }

    /// Sends an event: at once where the host can, else with the answer of this leg.
    pub fn emit(&self, event: Event) {
        // Another error is of an event that cannot be sent at all.
        if let Err(McpError::NotOffered) = services::emit(&self.context.call_id, &event) {
            self.events.borrow_mut().push(event);
        }
    }

    /// Ends this step, where the function goes on later: it is called again, with this state and not sooner than after these milliseconds.
    pub fn more<T>(&self, state: &impl Serialize, after_ms: u32) -> Result<T, Failure> {
        Err(Failure::More(serde_json::to_value(state)?, after_ms))
    }

    /// What the step before this one gave to [`Call::more`]; none in the first.
    pub fn state<T: DeserializeOwned>(&self) -> Result<Option<T>, Failure> {
        let state = self.saved.state.clone();
        state.map(serde_json::from_value).transpose().map_err(|_| Failure::Mcp(McpError::InvalidSaved))
    }

    /// Asks the user for what `T` has, a flat struct. The call ends at the `?` and begins anew when the user has answered, with all answers so
    /// far: ask first, then act. The key is the question's own in this tool.
    pub fn ask<T: DeserializeOwned + JsonSchema>(&self, key: &str, message: &str) -> Result<Elicited<T>, Failure> {
        match self.saved.answers.get(key) {
            Some(Elicited::Accept(content)) => serde_json::from_value(content.clone())
                .map(Elicited::Accept)
                .map_err(|error| Failure::Text(format!("the answer to `{key}` cannot be used: {error}"))),
            Some(Elicited::Decline) => Ok(Elicited::Decline),
            Some(Elicited::Cancel) => Ok(Elicited::Cancel),
            None => {
                let requested_schema = form_schema::<T>().to_string();
                let form = FormElicitation { message: message.into(), requested_schema, extra: None };
                let question = InputQuestion { key: key.into(), request: InputRequest::ElicitForm(form) };
                Err(Failure::Ask(Box::new(question)))
            }
        }
    }

    /// The events and the end of the leg.
    pub(crate) fn end<T>(self, result: Result<T, Failure>) -> Result<(Vec<Event>, End<T>), McpError> {
        let bytes = |saved: &Saved| serde_json::to_vec(saved).map_err(|error| McpError::Internal(error.to_string()));
        let end = match result {
            Ok(done) => End::Complete(done),
            Err(Failure::Text(text)) => return Err(McpError::Internal(text)),
            Err(Failure::Mcp(error)) => return Err(error),
            Err(Failure::Ask(question)) => {
                let saved = Some(bytes(&self.saved)?);
                End::InputRequired(InputRequired { questions: vec![*question], saved, extra: None })
            }
            Err(Failure::More(state, after_ms)) => {
                let saved = bytes(&Saved { state: Some(state), ..self.saved })?;
                End::More(More { saved, after_ms })
            }
        };
        Ok((self.events.into_inner(), end))
    }
}
