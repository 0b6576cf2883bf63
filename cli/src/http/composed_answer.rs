//! The answer of a composed file, within the limit of its result: a whole answer is sent whole or as an error, and a stream has whole
//! events alone. The component makes its body piece by piece, so that no limit of a single piece is one of the answer.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, stream};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, Response};
use http_body_util::BodyExt;
use memchr::memmem;
use server::GatewayError;
use wasmtime_wasi_http::WasiBody;

use super::byte_budget::{ByteBudgets, Held, NoRoom};
use super::response_body::{BodyFailure, ResponseBody};
use crate::host::{Composed, Work};

/// What an answer is made of.
struct Answer {
    composed: Arc<Composed>,
    work: Work,
    body: WasiBody,
    budgets: Arc<ByteBudgets>,
    /// What has come and is not sent yet: the part of an answer, or of an event.
    buffer: BytesMut,
    held: Held,
}

/// Why an answer is not sent whole.
enum AnswerError {
    /// It has more bytes than the limit.
    TooLarge,
    /// Other clients do not read their answers.
    NoRoom,
    /// The component failed before the end.
    Component(wasmtime_wasi_http::Error),
}

/// Makes the response to a client of the response of a composed file.
pub(super) async fn bounded_response(
    composed: &Arc<Composed>,
    response: Response<WasiBody>,
    work: Work,
    budgets: Arc<ByteBudgets>,
) -> Result<Response<ResponseBody>, GatewayError> {
    let (head, body) = response.into_parts();
    let composed = Arc::clone(composed);
    let answer = Answer { composed, work, body, budgets, buffer: BytesMut::new(), held: Held::default() };
    let body = match is_event_stream(&head.headers) {
        true => ResponseBody::events(answer.events()),
        false => answer.whole().await?,
    };
    Ok(Response::from_parts(head, body))
}

fn is_event_stream(headers: &HeaderMap) -> bool {
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    media_type.split(';').next().is_some_and(|essence| essence.trim().eq_ignore_ascii_case("text/event-stream"))
}

impl Answer {
    /// Reads the answer to its end.
    async fn whole(mut self) -> Result<ResponseBody, GatewayError> {
        loop {
            match self.read().await {
                Ok(true) => {}
                Ok(false) => {
                    self.work.finish();
                    return Ok(ResponseBody::held(self.buffer.freeze(), self.held));
                }
                Err(AnswerError::TooLarge) => {
                    self.composed.report_large_answer();
                    return Err(GatewayError::AnswerTooLarge(self.composed.answer_limit()));
                }
                Err(AnswerError::NoRoom) => return Err(GatewayError::AnswersFull),
                Err(AnswerError::Component(_)) => {
                    // The work reports why.
                    self.work.end().await;
                    return Err(GatewayError::Failed);
                }
            }
        }
    }

    /// The whole events as they come. The stream breaks off with an error where the component fails or an event is too large, which its
    /// client sees as a connection that is cut.
    fn events(self) -> impl Stream<Item = Result<Bytes, BodyFailure>> + Send {
        stream::unfold(Some(self), |answer| async move {
            let mut answer: Self = answer?;
            match answer.next_events().await {
                Ok(Some(events)) => Some((Ok(events), Some(answer))),
                Ok(None) => {
                    answer.work.finish();
                    None
                }
                Err(AnswerError::TooLarge) => {
                    answer.composed.report_large_answer();
                    Some((Err("an event is larger than the limit".into()), None))
                }
                Err(AnswerError::NoRoom) => Some((Err(NoRoom.into()), None)),
                Err(AnswerError::Component(error)) => Some((Err(error.into()), None)),
            }
        })
    }

    /// The next whole events, or what is left at the end.
    async fn next_events(&mut self) -> Result<Option<Bytes>, AnswerError> {
        // A line break may be in two parts.
        let mut searched = 0_usize;
        loop {
            let end = last_end(self.buffer.get(searched..).unwrap_or_default()).map(|end| searched + end);
            if let Some(end) = end {
                let events = self.buffer.split_to(end).freeze();
                self.held = Held::default();
                return Ok(Some(events));
            }
            searched = self.buffer.len().saturating_sub(3);
            if !self.read().await? {
                let rest = self.buffer.split().freeze();
                return Ok(Some(rest).filter(|rest| !rest.is_empty()));
            }
        }
    }

    /// Reads the next part. It is false at the end.
    async fn read(&mut self) -> Result<bool, AnswerError> {
        let Some(frame) = self.body.frame().await else { return Ok(false) };
        // A frame without data has trailers, which no client reads.
        let Ok(data) = frame.map_err(AnswerError::Component)?.into_data() else { return Ok(true) };
        let size = self.buffer.len().saturating_add(data.len());
        if size > self.composed.answer_limit() {
            return Err(AnswerError::TooLarge);
        }
        self.budgets.answers.hold(&mut self.held, size).await.map_err(|NoRoom| AnswerError::NoRoom)?;
        self.buffer.extend_from_slice(&data);
        Ok(true)
    }
}

/// Where the last whole event of the text ends: behind an empty line (HTML, server-sent events, "Parsing an event stream").
fn last_end(text: &[u8]) -> Option<usize> {
    ["\n\n", "\r\n\r\n"].into_iter().filter_map(|end| Some(memmem::rfind(text, end.as_bytes())? + end.len())).max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_end_behind_an_empty_line() {
        for (text, end) in [
            ("", None),
            ("data: a\n", None),
            ("data: a\n\n", Some(9)),
            ("data: a\n\ndata: b", Some(9)),
            ("data: a\n\n:\n\nd", Some(12)),
            ("data: a\r\n\r\nd", Some(11)),
        ] {
            assert_eq!(last_end(text.as_bytes()), end, "{text:?}");
        }
    }

    #[test]
    fn a_stream_of_events_is_known_by_its_media_type() {
        for (media_type, is_stream) in [
            ("text/event-stream", true),
            ("Text/Event-Stream; charset=utf-8", true),
            ("application/json", false),
            ("text/event-streams", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, media_type.parse().expect(media_type));
            assert_eq!(is_event_stream(&headers), is_stream, "{media_type}");
        }
    }
}
