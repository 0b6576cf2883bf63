//! The answer of a composed file, within the limit of its result: a whole answer is sent whole or as an error, and a stream has whole
//! events alone. The component makes its body piece by piece, so that no limit of a single piece is one of the answer.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use futures_util::future::BoxFuture;
use futures_util::{Stream, stream};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, Response};
use http_body_util::BodyExt;
use memchr::memmem;
use serde::Deserialize;
use serde::de::IgnoredAny;
use server::GatewayError;
use wasmtime_wasi_http::WasiBody;

use super::byte_budget::{ByteBudgets, Held, NoRoom};
use super::response_body::ResponseBody;
use crate::host::{Composed, Work};

/// The request that an answer is for.
pub(super) struct PendingRequest {
    /// The body of the request, where it is kept.
    pub(super) body: Bytes,
    /// Completes when the answer is not waited for any longer, with the error that takes its place.
    pub(super) ended: BoxFuture<'static, GatewayError>,
}

/// What an answer is made of.
struct Answer {
    composed: Arc<Composed>,
    work: Work,
    parts: Parts,
    /// The body of the request, where it is kept.
    request_body: Bytes,
}

/// What comes of an answer.
struct Parts {
    body: WasiBody,
    ended: BoxFuture<'static, GatewayError>,
    /// How many bytes an answer may have, or an event.
    limit: usize,
    budgets: Arc<ByteBudgets>,
    /// What has come and is not sent yet: the part of an answer, or of an event.
    buffer: BytesMut,
    held: Held,
}

/// Why an answer is not sent whole.
#[derive(Debug, PartialEq, Eq)]
enum AnswerError {
    /// It has more bytes than the limit.
    TooLarge,
    /// Other clients do not read their answers.
    NoRoom,
    /// The component failed before the end.
    Component,
    /// It is not waited for any longer.
    Ended(GatewayError),
}

/// Makes the response to a client of the response of a composed file.
pub(super) async fn bounded_response(
    composed: &Arc<Composed>,
    response: Response<WasiBody>,
    work: Work,
    pending: PendingRequest,
    budgets: Arc<ByteBudgets>,
) -> Result<Response<ResponseBody>, GatewayError> {
    let (head, body) = response.into_parts();
    let (composed, limit) = (Arc::clone(composed), composed.answer_limit());
    let PendingRequest { body: request_body, ended } = pending;
    let parts = Parts { body, ended, limit, budgets, buffer: BytesMut::new(), held: Held::default() };
    let answer = Answer { composed, work, parts, request_body };
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
            match self.parts.read().await {
                Ok(true) => {}
                Ok(false) if self.work.has_failed() => {
                    return Err(self.fail(AnswerError::Component, GatewayError::AnswersFull).await);
                }
                Ok(false) => {
                    self.work.finish();
                    return Ok(ResponseBody::held(self.parts.buffer.freeze(), self.parts.held));
                }
                Err(error) => return Err(self.fail(error, GatewayError::AnswersFull).await),
            }
        }
    }

    /// The whole events as they come. A stream that ends before its response has an error in the place of it.
    fn events(self) -> impl Stream<Item = Bytes> + Send {
        stream::unfold(Some((self, false)), |state| async move {
            let (mut answer, is_answered): (Self, bool) = state?;
            let next = answer.parts.next_events().await;
            match next.and_then(|events| answer.checked(events)) {
                Ok(Some(events)) => {
                    let is_answered = is_answered || ends_with_response(&events);
                    Some((events, Some((answer, is_answered))))
                }
                Ok(None) => {
                    answer.work.finish();
                    None
                }
                Err(error) => {
                    let request_body = answer.request_body.clone();
                    let error = answer.fail(error, GatewayError::EventsFull).await;
                    (!is_answered).then(|| (error.last_event(&request_body), None))
                }
            }
        })
    }

    /// The next events, or an error where the component failed before the end. What it had said of an event is no event then.
    fn checked(&self, events: Option<Bytes>) -> Result<Option<Bytes>, AnswerError> {
        let are_whole = events.as_ref().is_some_and(|events| last_end(events) == Some(events.len()));
        if !are_whole && self.work.has_failed() { Err(AnswerError::Component) } else { Ok(events) }
    }

    /// Ends the work, and says what the client is told. This is the error where there is no room.
    async fn fail(mut self, error: AnswerError, full: GatewayError) -> GatewayError {
        match error {
            AnswerError::TooLarge => {
                self.composed.report_large_answer();
                GatewayError::AnswerTooLarge(self.parts.limit)
            }
            AnswerError::NoRoom => full,
            AnswerError::Ended(error) => error,
            AnswerError::Component => tokio::select! {
                biased;
                // The work reports why.
                () = self.work.end() => GatewayError::Failed,
                error = &mut self.parts.ended => error,
            },
        }
    }
}

impl Parts {
    /// The next whole events, or what is left at the end.
    async fn next_events(&mut self) -> Result<Option<Bytes>, AnswerError> {
        // A line break may be in two parts.
        let mut searched = 0_usize;
        loop {
            let end = last_end(self.buffer.get(searched..).unwrap_or_default()).map(|end| searched + end);
            if let Some(end) = end {
                return Ok(Some(self.take(end)));
            }
            searched = self.buffer.len().saturating_sub(3);
            if !self.read().await? {
                let rest = self.take(self.buffer.len());
                return Ok(Some(rest).filter(|rest| !rest.is_empty()));
            }
        }
    }

    /// The beginning of what has come, which keeps the room until it has been sent.
    fn take(&mut self, end: usize) -> Bytes {
        std::mem::take(&mut self.held).until_sent(self.buffer.split_to(end).freeze())
    }

    /// Reads the next part. It is false at the end.
    async fn read(&mut self) -> Result<bool, AnswerError> {
        let Self { body, ended, limit, budgets, buffer, held } = self;
        let read = async {
            let Some(frame) = body.frame().await else { return Ok(false) };
            // A frame without data has trailers, which no client reads.
            let Ok(data) = frame.map_err(|_| AnswerError::Component)?.into_data() else { return Ok(true) };
            let size = buffer.len().saturating_add(data.len());
            if size > *limit {
                return Err(AnswerError::TooLarge);
            }
            budgets.answers.hold(held, size).await.map_err(|NoRoom| AnswerError::NoRoom)?;
            buffer.extend_from_slice(&data);
            Ok(true)
        };
        tokio::select! {
            biased;
            read = read => read,
            error = ended => Err(AnswerError::Ended(error)),
        }
    }
}

/// Whether the last of these events is a response (JSON-RPC 2.0, §5), after which a stream has no other (MCP, Streamable HTTP).
fn ends_with_response(events: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Message {
        method: Option<IgnoredAny>,
        result: Option<IgnoredAny>,
        error: Option<IgnoredAny>,
    }
    let mut lines = events.rsplit(|byte| *byte == b'\n');
    let data = lines.find(|line| !line.trim_ascii().is_empty()).and_then(|line| line.strip_prefix(b"data:"));
    let message = data.and_then(|data| serde_json::from_slice::<Message>(data).ok());
    message.is_some_and(|it| it.method.is_none() && (it.result.is_some() || it.error.is_some()))
}

/// Where the last whole event of the text ends: behind an empty line (HTML, server-sent events, "Parsing an event stream").
fn last_end(text: &[u8]) -> Option<usize> {
    ["\n\n", "\r\n\r\n"].into_iter().filter_map(|end| Some(memmem::rfind(text, end.as_bytes())? + end.len())).max()
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::future::{pending, ready};

    use futures_util::{FutureExt, StreamExt};
    use http_body_util::StreamBody;
    use hyper::body::Frame;

    use super::*;

    const LIMIT: usize = 300 << 10;

    /// The parts of an answer that comes so, and does not end.
    fn parts(sizes: &[usize], budgets: &Arc<ByteBudgets>) -> Parts {
        let frames = sizes.iter().map(|size| {
            let event = Bytes::from("x".repeat(size - 2) + "\n\n");
            Ok::<_, Infallible>(Frame::data(event))
        });
        let frames = stream::iter(frames.collect::<Vec<_>>()).chain(stream::pending());
        let body = StreamBody::new(frames).map_err(|never| match never {}).boxed_unsync();
        let (budgets, ended) = (Arc::clone(budgets), pending().boxed());
        Parts { body, ended, limit: LIMIT, budgets, buffer: BytesMut::new(), held: Held::default() }
    }

    #[tokio::test]
    async fn an_event_that_cannot_be_sent_whole_is_an_error() {
        for (size, units, error) in [
            (LIMIT, 10, None),
            (LIMIT + 1, 10, Some(AnswerError::TooLarge)),
            (64 << 10, 0, None),
            ((64 << 10) + 1, 0, Some(AnswerError::NoRoom)),
        ] {
            let event = parts(&[size], &Arc::new(ByteBudgets::of_units(units))).next_events().await;
            assert_eq!(event.as_ref().err(), error.as_ref(), "{size} bytes in {units} units");
            assert_eq!(event.ok().flatten().map_or(0, |event| event.len()), if error.is_none() { size } else { 0 });
        }
    }

    #[tokio::test]
    async fn an_event_keeps_its_room_until_it_has_been_sent() {
        let budgets = Arc::new(ByteBudgets::of_units(1));
        let mut parts = parts(&[100 << 10, 100 << 10], &budgets);
        let unsent = parts.next_events().await;
        assert!(matches!(unsent, Ok(Some(_))));
        assert_eq!(parts.next_events().await, Err(AnswerError::NoRoom));
        drop(unsent);
        assert!(budgets.answers.hold_bytes(vec![0; 100 << 10].into()).await.is_ok());
    }

    #[tokio::test]
    async fn an_answer_that_is_not_waited_for_ends_where_nothing_has_come() {
        let mut parts = parts(&[10], &Arc::default());
        parts.ended = ready(GatewayError::Stopped).boxed();
        assert!(matches!(parts.next_events().await, Ok(Some(_))));
        assert_eq!(parts.next_events().await, Err(AnswerError::Ended(GatewayError::Stopped)));
    }

    #[test]
    fn the_response_is_the_last_event() {
        for (events, is_response) in [
            ("", false),
            (": \n\n", false),
            ("data: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{\"result\":1}}\n\n", false),
            ("data: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}\n\n", true),
            ("event: message\r\ndata:{\"id\":1,\"error\":{\"code\":-32603,\"message\":\"\"}}\r\n\r\n", true),
            ("data: {\"id\":1,\"result\":{}}\n\ndata: {\"method\":\"sampling/createMessage\",\"id\":\"a\"}\n\n", false),
        ] {
            assert_eq!(ends_with_response(events.as_bytes()), is_response, "{events:?}");
        }
    }

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
