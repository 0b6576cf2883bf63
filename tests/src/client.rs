//! A client that sends any request, valid or invalid.

use std::io::{BufRead, BufReader, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::conversation::META;
use crate::parse_json;

/// Every version that is served, oldest first.
pub const VERSIONS: [&str; 3] = ["2025-06-18", "2025-11-25", MODERN];
const MODERN: &str = "2026-07-28";

/// How long a server may be silent in the middle of an answer.
const SILENCE: Duration = Duration::from_secs(60);

/// A request as it is sent, valid or invalid.
#[derive(Clone)]
pub struct Request {
    /// The request line, without its line ending.
    pub line: String,
    /// The headers, each `name: value`, sent unchanged and in this order.
    pub headers: Vec<String>,
    /// The body, sent unchanged.
    pub body: Vec<u8>,
    /// Sends the body in two chunks, without a length.
    pub chunked: bool,
    /// Announces one byte more than is sent, then stops sending.
    pub cut: bool,
    /// Sends no `Host` header instead of one with the server's address.
    pub hostless: bool,
}

impl Request {
    /// A request without headers or body.
    pub fn new(method: &str, path: &str) -> Request {
        let line = format!("{method} {path} HTTP/1.1");
        Request { line, headers: Vec::new(), body: Vec::new(), chunked: false, cut: false, hostless: false }
    }

    /// The request that a client of 2025-11-25 posts.
    pub fn legacy(body: impl Into<String>) -> Request {
        Request::new("POST", "/mcp")
            .header("content-type: application/json")
            .header("accept: application/json, text/event-stream")
            .header("mcp-protocol-version: 2025-11-25")
            .body(body)
    }

    /// The request that a client of 2026-07-28 posts: a method, and the name of its item, if it has one.
    pub fn modern(method: &str, name: Option<&str>) -> Request {
        let named = name.map(|name| format!(r#""name":"{name}","#)).unwrap_or_default();
        let request = Request::new("POST", "/mcp")
            .header("content-type: application/json")
            .header("accept: application/json, text/event-stream")
            .header("mcp-protocol-version: 2026-07-28")
            .header(format!("mcp-method: {method}"))
            .body(format!(r#"{{"jsonrpc":"2.0","id":1,"method":"{method}","params":{{{named}{META}}}}}"#));
        name.into_iter().fold(request, |request, name| request.header(format!("mcp-name: {name}")))
    }

    /// The request that a client of a version posts: a method with parameters, an object. The parameters of 2026-07-28 get the members of `_meta`
    /// that every request must have.
    pub fn of(version: &str, method: &str, mut params: Value) -> Request {
        let mut headers = vec![
            "content-type: application/json".to_owned(),
            "accept: application/json, text/event-stream".to_owned(),
            format!("mcp-protocol-version: {version}"),
        ];
        if version == MODERN {
            headers.push(format!("mcp-method: {method}"));
            let name = params.get("name").or(params.get("uri")).and_then(Value::as_str);
            headers.extend(name.map(|name| format!("mcp-name: {name}")));
            params["_meta"]["io.modelcontextprotocol/protocolVersion"] = MODERN.into();
            params["_meta"]["io.modelcontextprotocol/clientCapabilities"] = json!({});
        }
        let message = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        Request { headers, ..Request::new("POST", "/mcp").body(message.to_string()) }
    }

    /// A call of a tool, as a client of 2025-11-25 posts it.
    pub fn call(name: &str, arguments: &str) -> Request {
        let params = format!(r#"{{"name":"{name}","arguments":{arguments}}}"#);
        Request::legacy(format!(r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{params}}}"#))
    }

    /// Adds a header.
    pub fn header(mut self, line: impl Into<String>) -> Request {
        self.headers.push(line.into());
        self
    }

    /// Adds an access token.
    pub fn bearer(self, token: &str) -> Request {
        self.header(format!("authorization: Bearer {token}"))
    }

    /// Sets the body.
    pub fn body(mut self, body: impl Into<String>) -> Request {
        self.body = body.into().into_bytes();
        self
    }

    /// Sends the request on a new connection and waits for the whole answer.
    pub fn send(&self, server: SocketAddr) -> Result<Reply> {
        let mut stream = connect(server)?;
        // A server may answer, and close, before it has read everything: the answer is what counts.
        let sent = stream.write_all(&self.bytes(server, "close")).and_then(|()| match self.cut {
            true => stream.shutdown(Shutdown::Write),
            false => Ok(()),
        });
        Reply::read(&mut BufReader::new(stream)).with_context(|| format!("no whole answer (sending: {sent:?})"))
    }

    /// Sends the request on a new connection and returns the connection, on which the answer will come.
    pub fn begin(&self, server: SocketAddr) -> Result<TcpStream> {
        let mut stream = connect(server)?;
        stream.write_all(&self.bytes(server, "keep-alive")).context("cannot send")?;
        Ok(stream)
    }

    fn bytes(&self, server: SocketAddr, connection: &str) -> Vec<u8> {
        let has = |name: &str| self.headers.iter().any(|line| header_name(line).eq_ignore_ascii_case(name));
        let mut head = format!("{}\r\n", self.line);
        if !has("host") && !self.hostless {
            head += &format!("host: {server}\r\n");
        }
        for line in &self.headers {
            head += &format!("{line}\r\n");
        }
        let mut body = self.body.clone();
        if self.chunked {
            head += "transfer-encoding: chunked\r\n";
            let (first, second) = self.body.split_at(self.body.len() / 2);
            body = [first, second].iter().filter(|part| !part.is_empty()).fold(Vec::new(), |mut all, part| {
                all.extend_from_slice(format!("{:x}\r\n", part.len()).as_bytes());
                all.extend_from_slice(part);
                all.extend_from_slice(b"\r\n");
                all
            });
            body.extend_from_slice(b"0\r\n\r\n");
        } else if !has("content-length") && (!body.is_empty() || self.line.starts_with("POST")) {
            head += &format!("content-length: {}\r\n", body.len() + usize::from(self.cut));
        }
        head += &format!("connection: {connection}\r\n\r\n");
        [head.into_bytes(), body].concat()
    }
}

/// A connection that stays open, for one request after the other.
pub struct Connection {
    server: SocketAddr,
    stream: BufReader<TcpStream>,
}

impl Connection {
    /// Connects to a server.
    pub fn open(server: SocketAddr) -> Result<Connection> {
        Ok(Connection { server, stream: BufReader::new(connect(server)?) })
    }

    /// Sends a request and waits for the whole answer.
    pub fn send(&mut self, request: &Request) -> Result<Reply> {
        self.stream.get_mut().write_all(&request.bytes(self.server, "keep-alive")).context("cannot send")?;
        Reply::read(&mut self.stream)
    }
}

fn connect(server: SocketAddr) -> Result<TcpStream> {
    let stream = TcpStream::connect(server).context("cannot connect")?;
    stream.set_read_timeout(Some(SILENCE))?;
    stream.set_write_timeout(Some(SILENCE))?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// The answer of a server.
#[derive(Debug)]
pub struct Reply {
    /// The code of the status line.
    pub status: u16,
    /// The headers, whose names are in lower case.
    pub headers: Vec<(String, String)>,
    /// The whole body, without the transfer coding.
    pub body: Vec<u8>,
}

impl Reply {
    /// The first header of a name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The JSON-RPC message: the body, or the last event of a stream.
    pub fn json(&self) -> Result<Value> {
        match self.header("content-type") {
            Some("text/event-stream") => self.events()?.pop().context("a stream without events"),
            _ => parse_json(&self.text()),
        }
    }

    /// The JSON-RPC messages of an event stream.
    pub fn events(&self) -> Result<Vec<Value>> {
        self.text().lines().filter_map(|line| line.strip_prefix("data:")).map(parse_json).collect()
    }

    /// Waits for the whole answer on a connection that [`Request::begin`] has returned.
    pub fn on(stream: TcpStream) -> Result<Reply> {
        Reply::read(&mut BufReader::new(stream))
    }

    fn read(from: &mut impl BufRead) -> Result<Reply> {
        let line = read_line(from)?;
        let status = line.split(' ').nth(1).and_then(|code| code.parse().ok());
        let status = status.with_context(|| format!("`{line}` is not a status line"))?;
        let mut headers = Vec::new();
        loop {
            let line = read_line(from)?;
            let Some((name, value)) = line.split_once(':') else { break };
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let mut reply = Reply { status, headers, body: Vec::new() };
        if reply.header("transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked")) {
            while let Some(chunk) = read_chunk(from)? {
                reply.body.extend(chunk);
            }
        } else if let Some(length) = reply.header("content-length") {
            reply.body = vec![0; length.parse().context("bad content-length")?];
            from.read_exact(&mut reply.body).context("the body is shorter than announced")?;
        } else {
            from.read_to_end(&mut reply.body)?;
        }
        Ok(reply)
    }
}

fn header_name(line: &str) -> &str {
    line.split(':').next().unwrap_or_default().trim()
}

fn read_line(from: &mut impl BufRead) -> Result<String> {
    let mut line = String::new();
    if from.read_line(&mut line)? == 0 {
        bail!("the connection was closed");
    }
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

fn read_chunk(from: &mut impl BufRead) -> Result<Option<Vec<u8>>> {
    let size = usize::from_str_radix(&read_line(from)?, 16).context("bad chunk size")?;
    let mut chunk = vec![0; size];
    from.read_exact(&mut chunk)?;
    read_line(from)?;
    Ok((size > 0).then_some(chunk))
}
