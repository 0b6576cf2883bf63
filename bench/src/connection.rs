//! One keep-alive HTTP/1.1 connection of the load: it sends a request and reads the answer.

use std::net::SocketAddr;

use anyhow::{Context, bail, ensure};
use memchr::memmem;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The connection and the part of the current answer that was read.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    body: Vec<u8>,
}

/// How the body ends.
enum Framing {
    Length(usize),
    Chunked,
}

impl Connection {
    /// Connects to `address`.
    pub(crate) async fn open(address: SocketAddr) -> std::io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(16 << 10), body: Vec::new() })
    }

    /// Sends `request` and returns the body of an answer with status 200; anything else is an error.
    pub(crate) async fn ask(&mut self, request: &[u8]) -> anyhow::Result<&[u8]> {
        self.buffer.clear();
        self.body.clear();
        self.stream.write_all(request).await?;
        loop {
            let read = self.stream.read_buf(&mut self.buffer).await?;
            ensure!(read > 0, "the connection was closed");
            if self.complete()? {
                return Ok(&self.body);
            }
        }
    }

    /// Whether the whole answer is there; its body is then in `body`.
    fn complete(&mut self) -> anyhow::Result<bool> {
        let Some((head, framing)) = parse_head(&self.buffer)? else { return Ok(false) };
        let rest = self.buffer.get(head..).unwrap_or_default();
        match framing {
            Framing::Length(length) => {
                ensure!(rest.len() <= length, "more than the answer was sent");
                if rest.len() < length {
                    return Ok(false);
                }
                self.body.extend_from_slice(rest);
                Ok(true)
            }
            Framing::Chunked => {
                self.body.clear();
                join_chunks(rest, &mut self.body)
            }
        }
    }
}

/// The length of the head and the framing of the body, once the head is whole.
fn parse_head(buffer: &[u8]) -> anyhow::Result<Option<(usize, Framing)>> {
    let mut headers = [httparse::EMPTY_HEADER; 32];
    let mut response = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(head) = response.parse(buffer)? else { return Ok(None) };
    if response.code != Some(200) {
        bail!("not 200: {}", String::from_utf8_lossy(buffer));
    }
    for header in response.headers.iter() {
        if header.name.eq_ignore_ascii_case("content-length") {
            return Ok(Some((head, Framing::Length(std::str::from_utf8(header.value)?.trim().parse()?))));
        }
        if header.name.eq_ignore_ascii_case("transfer-encoding") {
            ensure!(header.value.eq_ignore_ascii_case(b"chunked"), "an unknown transfer coding");
            return Ok(Some((head, Framing::Chunked)));
        }
    }
    bail!("an answer without length")
}

/// RFC 9112 section 7.1, without trailers. False while something is missing.
fn join_chunks(mut rest: &[u8], body: &mut Vec<u8>) -> anyhow::Result<bool> {
    loop {
        let Some(line) = memmem::find(rest, b"\r\n") else { return Ok(false) };
        let (size, after) = rest.split_at_checked(line).context("no chunk size")?;
        let size = usize::from_str_radix(std::str::from_utf8(size)?, 16)?;
        let Some((data, next)) = after.get(2..).and_then(|after| after.split_at_checked(size)) else {
            return Ok(false);
        };
        let Some(next) = next.strip_prefix(b"\r\n") else { return Ok(false) };
        if size == 0 {
            ensure!(next.is_empty(), "more than the answer was sent");
            return Ok(true);
        }
        body.extend_from_slice(data);
        rest = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_joined_once_the_last_one_is_whole() {
        let whole = b"3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n";
        for end in 0..whole.len() {
            assert!(!join_chunks(&whole[..end], &mut Vec::new()).unwrap(), "{end}");
        }
        let mut body = Vec::new();
        assert!(join_chunks(whole, &mut body).unwrap());
        assert_eq!(body, b"abc0123456789");
    }

    #[test]
    fn an_answer_needs_status_200_and_a_length() {
        let cases: [(&[u8], bool); 4] = [
            (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", true),
            (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", true),
            (b"HTTP/1.1 500 No\r\nContent-Length: 2\r\n\r\n{}", false),
            (b"HTTP/1.1 200 OK\r\n\r\n{}", false),
        ];
        for (bytes, good) in cases {
            assert_eq!(parse_head(bytes).is_ok(), good, "{}", String::from_utf8_lossy(bytes));
        }
    }
}
