//! Requests of the service `http` against a server on this machine: the bytes that are sent, and the failure of each case.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Barrier, mpsc};

use super::*;
use crate::host::egress::Egress;
use crate::host::instance::MemoryBudget;

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nX-Upper: A\r\nx-twice: 1\r\nx-twice: 2\r\n\r\nhi";

/// A server that answers every request with the same bytes, once a number of requests are open, and closes.
async fn server(answer: &'static str, at_once: usize) -> (SocketAddr, mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let (heads, received) = mpsc::unbounded_channel();
    let open = Arc::new(Barrier::new(at_once));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve_one(stream, answer, open.clone(), heads.clone()));
        }
    });
    (address, received)
}

async fn serve_one(mut stream: TcpStream, answer: &str, open: Arc<Barrier>, heads: mpsc::UnboundedSender<String>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return,
        }
    }
    let _ = heads.send(String::from_utf8_lossy(&head).into_owned());
    open.wait().await;
    let _ = stream.write_all(answer.as_bytes()).await;
    let _ = stream.shutdown().await;
}

fn get(url: impl Into<String>) -> Request {
    Request { method: "GET".to_owned(), url: url.into(), headers: Vec::new(), body: Vec::new(), timeout_ms: None }
}

/// The grant of these rules.
fn grant(rules: &str) -> Grant {
    let egress = Egress::new(rules.split_whitespace().map(|rule| rule.parse().expect(rule)).collect());
    Grant { egress, ..Grant::nothing("test") }
}

/// The responses and failures that a component with these rules and this result limit gets.
async fn send_with(rules: &str, result: usize, requests: Vec<Request>) -> Vec<Result<Response, Failure>> {
    let mut grant = grant(rules);
    grant.limits.result = result;
    send_by(grant, Some(Instant::now() + Duration::from_secs(60)), requests).await
}

/// The same for a component with this grant, in a call with this deadline.
async fn send_by(
    grant: impl Into<Arc<Grant>>,
    deadline: Option<Instant>,
    requests: Vec<Request>,
) -> Vec<Result<Response, Failure>> {
    let grant = grant.into();
    let mut memory = memory(&grant);
    Exchanges::new(grant, None, deadline, &mut memory).all(requests).await
}

/// The memory of a call with this grant, which has used nothing.
fn memory(grant: &Grant) -> Memory {
    Memory::new(grant.limits.memory, grant.memory.nothing())
}

async fn send_to(address: SocketAddr, requests: Vec<Request>) -> Vec<Result<Response, Failure>> {
    send_with(&address.to_string(), 8 << 20, requests).await
}

/// The single result, without its case's type.
fn single_result(results: Vec<Result<Response, Failure>>) -> String {
    assert_eq!(results.len(), 1);
    results.into_iter().map(|result| format!("{result:?}")).collect()
}

#[tokio::test]
async fn a_request_is_sent_as_it_is_and_its_response_is_plain_values() {
    let (address, mut heads) = server(OK, 1).await;
    let request = Request {
        method: "POST".to_owned(),
        headers: vec![("X-A".to_owned(), "1".to_owned()), ("x-a".to_owned(), "2".to_owned())],
        body: b"body".to_vec(),
        ..get(format!("http://{address}/a%20b?c=d#e"))
    };
    let response = send_to(address, vec![request]).await.remove(0).expect("a response");
    assert_eq!((response.status, response.body.as_slice()), (200, b"hi".as_slice()));
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    for expected in [header("x-upper", "A"), header("x-twice", "1"), header("x-twice", "2")] {
        assert!(response.headers.contains(&expected), "{expected:?}");
    }
    let head = heads.recv().await.expect("a request").to_lowercase();
    assert!(head.starts_with("post /a%20b?c=d http/1.1\r\n"), "{head}");
    for line in [format!("host: {address}"), "content-length: 4".to_owned(), "x-a: 1".to_owned(), "x-a: 2".to_owned()] {
        assert!(head.contains(&format!("\r\n{line}\r\n")), "{line}: {head}");
    }
}

#[tokio::test]
async fn all_requests_are_sent_at_once() {
    let (address, _heads) = server(OK, MAX_IN_FLIGHT).await;
    let requests = (0..MAX_IN_FLIGHT).map(|number| get(format!("http://{address}/{number}"))).collect();
    let results = send_to(address, requests).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), MAX_IN_FLIGHT);
}

#[tokio::test]
async fn what_requests_hold_that_wait_for_their_turn_counts_as_memory_of_the_call() {
    for (requests, memory, expected) in [(1000, 8 << 20, ""), (70_000, 8 << 20, NO_MEMORY), (70_000, 64 << 20, "")] {
        let mut grant = grant("");
        grant.limits.memory = memory;
        let results = send_by(grant, None, vec![get(""); requests]).await;
        let without_memory =
            |it: &&Result<Response, Failure>| matches!(it, Err(Failure::Other(said)) if said == NO_MEMORY);
        let refused = results.iter().filter(without_memory).count();
        assert_eq!((results.len(), refused), (requests, if expected.is_empty() { 0 } else { requests }), "{requests}");
    }
}

#[tokio::test]
async fn more_requests_than_can_be_in_flight_wait_for_their_turn() {
    let (address, _heads) = server(OK, 1).await;
    let results = send_to(address, vec![get(format!("http://{address}/")); MAX_IN_FLIGHT * 2]).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), MAX_IN_FLIGHT * 2);
}

#[tokio::test]
async fn a_redirect_is_a_response() {
    let (address, _heads) =
        server("HTTP/1.1 302 Found\r\nlocation: http://other.test/\r\ncontent-length: 0\r\n\r\n", 1).await;
    let response = send_to(address, vec![get(format!("http://{address}/"))]).await.remove(0).expect("a response");
    assert_eq!(response.status, 302);
}

#[tokio::test]
async fn a_denial_names_the_host_and_the_option_that_allows_it() {
    for (rules, url, expected) in [
        ("", "http://example.test/", denied::host("example.test:80")),
        ("example.test:80", "https://example.test/", denied::host("example.test:443")),
        ("*", "http://127.0.0.1:9/", denied::host("127.0.0.1:9")),
        ("localhost:* *", "http://10.0.0.1/", denied::host("10.0.0.1:80")),
        ("*:*", "http://localhost:9/", denied::address("localhost:9")),
    ] {
        let result = single_result(send_with(rules, 8 << 20, vec![get(url)]).await);
        assert_eq!(result, format!("Err(Failure::Denied({expected:?}))"), "{rules} {url}");
    }
}

#[tokio::test]
async fn a_request_that_cannot_be_sent_says_why_and_the_others_are_sent() {
    let (address, _heads) = server(OK, 1).await;
    let url = format!("http://{address}/");
    let host = Request { headers: vec![("Host".to_owned(), "other.test".to_owned())], ..get(url.clone()) };
    let results = send_to(address, vec![get("/path"), host, get(url)]).await;
    for (result, expected) in results.iter().zip([Some("absolute URL"), Some("header `host`"), None]) {
        let said = match result {
            Err(Failure::InvalidRequest(said)) => Some(said),
            _ => None,
        };
        assert_eq!(said.is_some(), expected.is_some(), "{result:?}");
        assert!(said.is_none_or(|said| said.contains(expected.unwrap_or_default())), "{said:?}");
    }
    assert!(results.last().is_some_and(Result::is_ok));
}

#[tokio::test]
async fn one_send_has_a_limited_number_of_requests() {
    let results = send_with("", 8 << 20, vec![get(""); MAX_REQUESTS + 1]).await;
    let too_many = |result: &&Result<Response, Failure>| matches!(result, Err(Failure::InvalidRequest(said)) if said == TOO_MANY_REQUESTS);
    assert_eq!(results.iter().filter(too_many).count(), 1);
    assert!(results.last().is_some_and(|last| too_many(&last)));
}

#[tokio::test]
async fn a_response_that_does_not_come_in_time_is_a_timeout() {
    // It waits for a second request, which never comes.
    let (address, _heads) = server(OK, 2).await;
    let request = Request { timeout_ms: Some(20), ..get(format!("http://{address}/")) };
    assert_eq!(single_result(send_to(address, vec![request]).await), "Err(Failure::Timeout)");
}

#[tokio::test]
async fn no_request_outlives_its_call() {
    let (address, _heads) = server(OK, 2).await;
    let request = Request { timeout_ms: Some(u32::MAX), ..get(format!("http://{address}/")) };
    let results = send_by(grant(&address.to_string()), Some(Instant::now()), vec![request]).await;
    assert_eq!(single_result(results), "Err(Failure::Timeout)");
}

#[test]
fn a_request_without_a_time_has_30_seconds_where_the_time_of_the_call_is_not_known() {
    let grant = Arc::new(grant(""));
    let mut memory = memory(&grant);
    let exchanges = Exchanges::new(grant, None, None, &mut memory);
    for (timeout_ms, expected) in
        [(None, Duration::from_secs(30)), (Some(5), Duration::from_millis(5)), (Some(u32::MAX), MAX_TIMEOUT)]
    {
        let began = Instant::now();
        assert_eq!(exchanges.deadline_of(began, timeout_ms), began + expected, "{timeout_ms:?}");
    }
}

#[tokio::test]
async fn a_request_waits_for_a_connection_within_its_time() {
    let (address, mut heads) = server(OK, 1).await;
    let grant = Arc::new(grant(&address.to_string()));
    let connections = grant.active_connections.clone();
    let deadline = Some(Instant::now() + Duration::from_secs(60));
    let request = |timeout_ms| vec![Request { timeout_ms, ..get(format!("http://{address}/")) }];
    let all = connections.available_permits();
    let in_use = connections.clone().try_acquire_many_owned(u32::try_from(all).expect("few")).expect("all of them");
    let result = send_by(grant.clone(), deadline, request(Some(20))).await;
    assert_eq!(single_result(result), "Err(Failure::Timeout)");
    assert!(heads.try_recv().is_err(), "it was sent");
    drop(in_use);
    let result = send_by(grant, deadline, request(None)).await;
    assert!(result.iter().all(Result::is_ok), "{result:?}");
    assert_eq!(connections.available_permits(), all, "the connection is not in use any more");
}

#[tokio::test]
async fn the_responses_of_one_send_share_the_result_limit() {
    let (address, _heads) =
        server("HTTP/1.1 200 OK\r\ncontent-length: 40\r\n\r\n0123456789012345678901234567890123456789", 1).await;
    // Each takes 56 bytes, with its one header.
    for (result, count, expected) in [(55, 1, 0), (56, 1, 1), (111, 2, 1), (112, 2, 2)] {
        let requests = vec![get(format!("http://{address}/")); count];
        let results = send_with(&address.to_string(), result, requests).await;
        let too_large = results.iter().filter(|result| matches!(result, Err(Failure::TooLarge))).count();
        assert_eq!((results.len() - too_large, count - too_large), (expected, expected), "{result}: {results:?}");
    }
}

#[tokio::test]
async fn what_is_sent_and_the_responses_count_as_memory_of_the_call() {
    let (address, mut heads) =
        server("HTTP/1.1 200 OK\r\ncontent-length: 40\r\n\r\n0123456789012345678901234567890123456789", 1).await;
    const PLENTY: usize = 1 << 30;
    // A response takes 56 bytes, with its one header, and each counts twice. What a request holds without a body comes to that.
    for (of_call, of_all, sent, count, expected) in [
        (112, PLENTY, 0, 1, 1),
        (111, PLENTY, 0, 1, 0),
        (PLENTY, 112, 0, 1, 1),
        (PLENTY, 111, 0, 1, 0),
        (224, PLENTY, 0, 2, 2),
        (223, PLENTY, 0, 2, 1),
        (122, PLENTY, 10, 1, 1),
        (121, PLENTY, 10, 1, 0),
        (9, PLENTY, 10, 1, 0),
    ] {
        let request =
            |sent| Request { method: "PUT".to_owned(), body: vec![b'x'; sent], ..get(format!("http://{address}/")) };
        let without_bodies = held_bytes(&vec![request(0); count]);
        let mut grant = grant(&address.to_string());
        grant.limits.memory = of_call + without_bodies;
        grant.memory = MemoryBudget::new(of_all + without_bodies, 1).share();
        let results = send_by(grant, None, vec![request(sent); count]).await;
        let said: Vec<_> = results.iter().filter_map(|result| result.as_ref().err()).collect();
        assert_eq!(
            (results.len() - said.len(), said.len()),
            (expected, count - expected),
            "{of_call} {of_all}: {said:?}"
        );
        assert!(said.iter().all(|said| matches!(said, Failure::Other(said) if said == NO_MEMORY)), "{said:?}");
        let was_sent = std::iter::from_fn(|| heads.try_recv().ok()).count();
        assert_eq!(was_sent, if sent > of_call { 0 } else { count }, "{of_call} {of_all}");
    }
}

#[tokio::test]
async fn a_connection_that_is_refused_or_lost_says_so() {
    let (address, _heads) = server("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf", 1).await;
    let unused = TcpListener::bind("127.0.0.1:0").await.expect("a free port").local_addr().expect("an address");
    for address in [address, unused] {
        let result = single_result(send_to(address, vec![get(format!("http://{address}/"))]).await);
        assert!(result.starts_with("Err(Failure::Connection("), "{result}");
    }
}
