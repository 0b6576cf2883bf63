//! Builds the requests in advance, and checks the answers.

use anyhow::{Context, ensure};
use clap::ValueEnum;
use memchr::memmem;
use serde_json::Value;

use crate::tokens::Tokens;

/// Digits of a request's number, which is its id and, in an echo, part of the message.
const DIGITS: usize = 8;
/// The placeholder for the number in a template.
const PLACEHOLDER: &str = "########";

/// A kind of request.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, ValueEnum)]
pub(crate) enum Workload {
    /// `tools/call` of `echo`, as of 2026-07-28.
    Echo,
    /// The same as of 2025-11-25.
    Legacy,
    /// `tools/call` of `get_weather`, as of 2026-07-28.
    Weather,
    /// `tools/call` of the calculator's `add`, as of 2026-07-28.
    Add,
    /// `ping`, as of 2025-11-25: answered without a provider.
    Ping,
    /// The same as `Echo`, each request with a token that the server does not remember.
    NewTokens,
    /// The same as `Echo`, at a fixed rate, whether or not the last answers have come.
    Paced,
}

/// One request in memory; only its number changes.
#[derive(Clone)]
pub(crate) struct Request {
    bytes: Vec<u8>,
    offsets: Vec<usize>,
    workload: Workload,
    /// The tokens that requests have in turn, and where in the bytes.
    tokens: Option<(Tokens, usize)>,
}

impl Request {
    /// The request of `workload` to the server at `host`.
    pub(crate) fn new(workload: Workload, host: &str) -> Self {
        let (tool, arguments) = match workload {
            Workload::Echo | Workload::Legacy | Workload::NewTokens | Workload::Paced => {
                ("echo", format!(r#"{{"message":"hello {PLACEHOLDER}"}}"#))
            }
            Workload::Weather => ("get_weather", r#"{"location":"Berlin"}"#.to_owned()),
            Workload::Add => ("add", format!(r#"{{"a":{PLACEHOLDER},"b":0}}"#)),
            Workload::Ping => ("", String::new()),
        };
        let (headers, meta) = match workload {
            Workload::Legacy | Workload::Ping => ("MCP-Protocol-Version: 2025-11-25\r\n".to_owned(), String::new()),
            Workload::Echo | Workload::Weather | Workload::Add | Workload::NewTokens | Workload::Paced => (
                format!("MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: tools/call\r\nMcp-Name: {tool}\r\n"),
                concat!(
                    r#","_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","#,
                    r#""io.modelcontextprotocol/clientInfo":{"name":"bench","version":"1.0"},"#,
                    r#""io.modelcontextprotocol/clientCapabilities":{}}"#
                )
                .to_owned(),
            ),
        };
        let call = match workload {
            Workload::Ping => r#""method":"ping""#.to_owned(),
            _ => format!(r#""method":"tools/call","params":{{"name":"{tool}","arguments":{arguments}{meta}}}"#),
        };
        let body = format!(r#"{{"jsonrpc":"2.0","id":{PLACEHOLDER},{call}}}"#);
        let bytes = format!(
            "POST /mcp HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n\
             Accept: application/json, text/event-stream\r\n{headers}Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .into_bytes();
        let offsets = memmem::find_iter(&bytes, PLACEHOLDER).collect();
        Self { bytes, offsets, workload, tokens: None }
    }

    /// The same with one of these tokens each time, in turn.
    pub(crate) fn with_tokens(mut self, tokens: Tokens) -> Self {
        const HEADER: &str = "\r\nAuthorization: Bearer ";
        let Some(end) = memmem::find(&self.bytes, b"\r\n\r\n") else { return self };
        let header = format!("{HEADER}{}", " ".repeat(tokens.length()));
        for offset in self.offsets.iter_mut().filter(|offset| **offset > end) {
            *offset += header.len();
        }
        self.bytes.splice(end..end, header.into_bytes());
        self.tokens = Some((tokens, end + HEADER.len()));
        self
    }

    /// What is asked.
    pub(crate) fn workload(&self) -> Workload {
        self.workload
    }

    /// The request's bytes with `number` in them.
    pub(crate) fn numbered(&mut self, number: u64) -> &[u8] {
        fill(&mut self.bytes, &self.offsets, number);
        if let Some((tokens, at)) = &self.tokens {
            let token = tokens.next();
            if let Some(place) = self.bytes.get_mut(*at..at + token.len()) {
                place.copy_from_slice(token.as_bytes());
            }
        }
        &self.bytes
    }
}

/// Compares the answers on one connection with the requests.
///
/// The first answer is parsed. Each later one must be equal to it, byte by byte, except for the number, or is parsed too.
pub(crate) struct Checker {
    workload: Workload,
    expected: Vec<u8>,
    offsets: Vec<usize>,
}

impl Checker {
    /// For the answers to `request`.
    pub(crate) fn new(request: &Request) -> Self {
        Self { workload: request.workload, expected: Vec::new(), offsets: Vec::new() }
    }

    /// Whether `body` is the right answer to the request with `number`.
    pub(crate) fn check(&mut self, body: &[u8], number: u64) -> anyhow::Result<()> {
        fill(&mut self.expected, &self.offsets, number);
        if self.expected == body {
            return Ok(());
        }
        check_parsed(self.workload, body, number)
            .with_context(|| format!("wrong answer: {}", String::from_utf8_lossy(body)))?;
        self.expected = body.to_vec();
        self.offsets = memmem::find_iter(body, &digits(number)).collect();
        Ok(())
    }
}

fn check_parsed(workload: Workload, body: &[u8], number: u64) -> anyhow::Result<()> {
    let answer: Value = serde_json::from_slice(body)?;
    ensure!(answer.get("id").and_then(Value::as_u64) == Some(number), "the id is not {number}");
    let result = answer.get("result").context("no result")?;
    ensure!(result.get("isError").is_none_or(|error| error == &Value::Bool(false)), "the tool failed");
    if workload == Workload::Ping {
        ensure!(result.as_object().is_some_and(serde_json::Map::is_empty), "not the answer to a ping");
        return Ok(());
    }
    let text = result.pointer("/content/0/text").and_then(Value::as_str).context("no text")?;
    match workload {
        Workload::Echo | Workload::Legacy | Workload::NewTokens | Workload::Paced => {
            ensure!(text == format!("hello {number}"), "not the message of the request")
        }
        Workload::Weather => ensure!(text.contains("Berlin") && text.contains("13.7"), "not the weather of Berlin"),
        Workload::Add => ensure!(text == format!(r#"{{"result":{number}}}"#), "not the sum"),
        Workload::Ping => {}
    }
    Ok(())
}

fn digits(number: u64) -> [u8; DIGITS] {
    let mut out = [b'0'; DIGITS];
    let mut rest = number;
    for digit in out.iter_mut().rev() {
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    out
}

fn fill(bytes: &mut [u8], offsets: &[usize], number: u64) {
    let digits = digits(number);
    for &at in offsets {
        if let Some(digits_at) = bytes.get_mut(at..at + DIGITS) {
            digits_at.copy_from_slice(&digits);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_carries_its_number_twice_and_its_true_length() {
        let mut request = Request::new(Workload::Echo, "127.0.0.1:1");
        let text = String::from_utf8(request.numbered(10_000_042).to_vec()).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert_eq!(text.matches("10000042").count(), 2);
        assert!(head.contains(&format!("Content-Length: {}", body.len())));
        serde_json::from_str::<Value>(body).unwrap();
    }

    #[test]
    fn requests_of_all_connections_have_the_tokens_in_turn() {
        let tokens = Tokens::new(vec!["token-a".to_owned(), "token-b".to_owned(), "token-c".to_owned()]);
        let mut connections = [0, 1].map(|_| Request::new(Workload::Echo, "h").with_tokens(tokens.clone()));
        for (index, number, token) in [
            (0, 10_000_000, "token-a"),
            (1, 11_000_000, "token-b"),
            (0, 10_000_001, "token-c"),
            (0, 10_000_002, "token-a"),
        ] {
            let text = String::from_utf8(connections[index].numbered(number).to_vec()).unwrap();
            let (head, body) = text.split_once("\r\n\r\n").unwrap();
            assert!(head.ends_with(&format!("\r\nAuthorization: Bearer {token}")), "{head}");
            assert!(head.contains(&format!("Content-Length: {}", body.len())));
            assert_eq!(text.matches(&number.to_string()).count(), 2);
        }
    }

    #[test]
    fn an_answer_is_right_only_with_its_own_number_and_text() {
        let answer = |id: u64, said: u64| {
            format!(r#"{{"id":{id},"result":{{"content":[{{"type":"text","text":"hello {said}"}}]}}}}"#).into_bytes()
        };
        let mut checker = Checker::new(&Request::new(Workload::Echo, "h"));
        let cases = [
            ((10_000_001, 10_000_001), true),
            ((10_000_002, 10_000_002), true),
            ((10_000_002, 10_000_003), false),
            ((10_000_004, 10_000_004), true),
            ((10_000_004, 10_000_005), false),
        ];
        for (at, ((id, said), right)) in cases.into_iter().enumerate() {
            let number = 10_000_001 + at as u64;
            assert_eq!(checker.check(&answer(id, said), number).is_ok(), right, "case {at}");
        }
    }

    #[test]
    fn a_sum_is_right_only_with_the_number_of_its_request() {
        let answer = |sum: u64| {
            let text = format!(r#"{{\"result\":{sum}}}"#);
            format!(r#"{{"id":10000001,"result":{{"content":[{{"type":"text","text":"{text}"}}]}}}}"#).into_bytes()
        };
        for (sum, right) in [(10_000_001, true), (10_000_002, false)] {
            let mut checker = Checker::new(&Request::new(Workload::Add, "h"));
            assert_eq!(checker.check(&answer(sum), 10_000_001).is_ok(), right, "{sum}");
        }
    }

    #[test]
    fn a_tool_error_is_not_an_answer() {
        let body = br#"{"id":10000001,"result":{"isError":true,"content":[{"type":"text","text":"hello 10000001"}]}}"#;
        assert!(Checker::new(&Request::new(Workload::Echo, "h")).check(body, 10_000_001).is_err());
    }
}
