//! Requests that may be sent a second time. A server may close a kept connection at the moment at which a request is written to it, and then
//! it is not known whether it has read the request: a client may repeat one that is idempotent (RFC 9112 §9.3.1).

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt, Full};
use wasmtime_wasi_http::WasiBody;

/// The request that is sent if this one gets no answer. None where a second one could do again what the first has done (RFC 9110 §9.2.2), or
/// where the host does not hold the whole body.
pub(super) fn copy_of(request: &Request<WasiBody>, held_body: Option<&Bytes>) -> Option<Request<WasiBody>> {
    let body = held_body.filter(|_| request.method().is_idempotent())?;
    let mut copy = Request::new(body_of(body.clone()));
    *copy.method_mut() = request.method().clone();
    *copy.uri_mut() = request.uri().clone();
    *copy.version_mut() = request.version();
    *copy.headers_mut() = request.headers().clone();
    Some(copy)
}

/// A body of these bytes.
pub(super) fn body_of(bytes: Bytes) -> WasiBody {
    Full::new(bytes).map_err(|never| match never {}).boxed_unsync()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures_util::stream;
    use http_body_util::StreamBody;
    use http_service::Budget;
    use hyper::body::Frame;
    use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
    use tokio::net::{TcpListener, TcpStream};
    use wasmtime_wasi_http::{Error, RequestOptions};

    use super::super::hooks::send;
    use super::super::{Caller, Egress, ExchangeError, exchange};
    use super::*;
    use crate::host::grant::Grant;

    const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";

    /// A server that says these things to the requests on each of its connections, and then closes it.
    struct Server {
        address: String,
        requests: Arc<AtomicUsize>,
    }

    impl Server {
        async fn start(connections: &[&[&'static [u8]]]) -> Self {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
            let address = listener.local_addr().expect("an address").to_string();
            let requests = Arc::new(AtomicUsize::new(0));
            let connections: Vec<_> = connections.iter().map(|said| said.to_vec()).collect();
            let counter = Arc::clone(&requests);
            tokio::spawn(async move {
                for answers in connections {
                    let (stream, _) = listener.accept().await.expect("a connection");
                    tokio::spawn(converse(stream, answers, Arc::clone(&counter)));
                }
            });
            Self { address, requests }
        }

        /// A grant of requests to it, with a kept connection that has carried one.
        async fn grant(&self) -> Grant {
            let egress = Egress::new(vec![self.address.parse().expect("a rule")]);
            let grant = Grant { egress, ..Grant::nothing("test") };
            assert!(is_answered(&grant, &self.address, "GET", "").await, "the first request");
            grant
        }

        fn requests(&self) -> usize {
            self.requests.load(Ordering::SeqCst)
        }
    }

    async fn converse(stream: TcpStream, answers: Vec<&'static [u8]>, requests: Arc<AtomicUsize>) {
        let mut stream = BufReader::new(stream);
        for answer in answers {
            let (mut line, mut body) = (String::new(), 0);
            while line != "\r\n" {
                line.clear();
                if stream.read_line(&mut line).await.expect("a request") == 0 {
                    return;
                }
                if let Some(length) = line.strip_prefix("content-length: ") {
                    body = length.trim().parse().expect("a number");
                }
            }
            stream.read_exact(&mut vec![0; body]).await.expect("a body");
            requests.fetch_add(1, Ordering::SeqCst);
            stream.write_all(answer).await.expect("a client");
        }
    }

    /// Whether a request of the service `http` is answered.
    async fn is_answered(grant: &Grant, address: &str, method: &str, body: &'static str) -> bool {
        let request = Request::builder().method(method).uri(format!("http://{address}/"));
        let request = request.body(Bytes::from(body)).expect("a request");
        match exchange(Caller { grant, request: None }, request, &Budget::new(1000), |_| true).await {
            Ok(_) => true,
            Err(ExchangeError::Http(_)) => false,
            Err(error) => panic!("{error:?}"),
        }
    }

    #[tokio::test]
    async fn an_idempotent_request_that_finds_a_kept_connection_closed_is_sent_once_more_and_no_other_is() {
        for (method, body, last_words, requests) in [
            ("GET", "", "", 3),
            ("HEAD", "", "", 3),
            ("OPTIONS", "", "", 3),
            ("TRACE", "", "", 3),
            ("DELETE", "", "", 3),
            ("PUT", "body", "", 3),
            ("POST", "", "", 2),
            ("POST", "body", "", 2),
            ("PATCH", "body", "", 2),
            ("LIST", "", "", 2),
            // The server has begun an answer.
            ("GET", "", "HTTP/1.1 2", 2),
            ("GET", "", "HTTP/1.1 103 Early Hints\r\n\r\n", 2),
        ] {
            let server = Server::start(&[&[OK, last_words.as_bytes()], &[OK]]).await;
            let grant = server.grant().await;
            let answered = is_answered(&grant, &server.address, method, body).await;
            assert_eq!((answered, server.requests()), (requests == 3, requests), "{method} {body} {last_words}");
        }
    }

    #[tokio::test]
    async fn of_wasi_http_a_request_without_a_body_alone_is_sent_once_more() {
        let written = || StreamBody::new(stream::empty::<Result<Frame<Bytes>, Error>>()).boxed_unsync();
        for (has_body, requests) in [(false, 3), (true, 2)] {
            let server = Server::start(&[&[OK, b""], &[OK]]).await;
            let grant = server.grant().await;
            let body = if has_body { written() } else { body_of(Bytes::new()) };
            let request = Request::get(format!("http://{}/", server.address)).header("host", "a");
            // A body of unknown length is sent in chunks, which this server does not read.
            let request = if has_body { request.header("content-length", "0") } else { request };
            let caller = Caller { grant: &grant, request: None };
            let sent = send(caller, request.body(body).expect("a request"), RequestOptions::default()).await;
            assert_eq!((sent.is_ok(), server.requests()), (!has_body, requests), "{has_body}");
        }
    }

    #[tokio::test]
    async fn a_second_connection_that_closes_as_well_is_an_error() {
        let server = Server::start(&[&[OK, b""], &[b""], &[OK]]).await;
        let grant = server.grant().await;
        assert!(!is_answered(&grant, &server.address, "GET", "").await);
        assert_eq!(server.requests(), 3);
    }
}
