//! One exchange between a client and a server, as a row of a table describes it.

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use serde_json::Value;

use crate::{Reply, Request, Shell, differences, parse_json, whole_differences};

/// The members of `_meta` that every request of 2026-07-28 must have.
pub(crate) const META: &str = r#""_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}"#;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    /// The client of every case without a client of its own.
    client: Client,
    case: Vec<Case>,
}

/// Which headers a client sends by itself.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Client {
    /// The headers of 2025-06-18 and 2025-11-25.
    Legacy,
    /// The headers of 2026-07-28, which repeat the method and the name of the body.
    Modern,
    /// No headers.
    Bare,
}

/// One exchange: a request, and the answer that must come back.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// The name of the test, a sentence.
    pub name: String,
    client: Option<Client>,
    /// Method and path.
    #[serde(default = "post")]
    request: String,
    /// Headers, each `name: value`. They replace headers of the same name that the client would send.
    #[serde(default)]
    headers: Vec<String>,
    /// Names of headers that are not sent.
    #[serde(default)]
    without: Vec<String>,
    /// The body. `{{meta}}` is the `_meta` member of 2026-07-28, `{{letters}}` stands for that number of letters, `{{nested}}` for that
    /// number of nested arrays.
    #[serde(default)]
    send: String,
    #[serde(default)]
    letters: usize,
    #[serde(default)]
    nested: usize,
    /// Sends the body in two chunks, without a length.
    #[serde(default)]
    chunked: bool,
    /// Sends one byte less than announced.
    #[serde(default)]
    cut: bool,
    /// The shell on which this case does not run; a comment says why.
    not: Option<Shell>,
    status: u16,
    /// Headers of the answer; `name:` alone means that it must not be there.
    #[serde(default)]
    expect: Vec<String>,
    /// A text that the body must contain, JSON or not.
    #[serde(default)]
    has: String,
    /// The pattern of a JSON body; empty means an empty body.
    answer: Option<String>,
    /// The pattern that takes the place of `answer` on a lattice; a comment says why.
    answer_on_lattice: Option<String>,
    /// The pattern of the whole result but for its `_meta`: other members are a difference.
    result: Option<String>,
    /// The patterns of all messages of an event stream.
    #[serde(default)]
    events: Vec<String>,
}

/// The cases of a table, in its order.
pub fn cases(table: &str) -> Result<Vec<Case>> {
    let Table { client, case } = toml::from_str(table)?;
    ensure!(!case.is_empty(), "the table is empty");
    Ok(case.into_iter().map(|case| Case { client: Some(case.client.unwrap_or(client)), ..case }).collect())
}

impl Case {
    /// Whether the case runs on this shell.
    pub fn is_for(&self, shell: Shell) -> bool {
        self.not != Some(shell)
    }

    /// The same exchange on a lattice.
    pub fn on_lattice(mut self) -> Case {
        self.answer = self.answer_on_lattice.take().or(self.answer);
        self
    }

    /// The same exchange of a client with this token, on a server that asks for one: nothing is public there, and no list may be kept.
    pub fn with_token(mut self, token: &str) -> Case {
        self.headers.push(format!("authorization: Bearer {token}"));
        for pattern in self.answer.iter_mut().chain(&mut self.events) {
            *pattern = pattern.replace(r#""cacheScope":"public""#, r#""cacheScope":"private""#);
            for kept in ["60000", "5000"] {
                *pattern = pattern.replace(&format!(r#""ttlMs":{kept}"#), r#""ttlMs":"<number>""#);
            }
        }
        self
    }

    /// The request.
    pub fn request(&self) -> Result<Request> {
        let (method, path) = self.request.split_once(' ').context("a request is a method and a path")?;
        let mut request = Request::new(method, path).body(self.body());
        (request.chunked, request.cut) = (self.chunked, self.cut);
        let given =
            |name: &str| self.headers.iter().chain(&self.without).any(|line| line.split(':').next() == Some(name));
        request.headers = self.client_headers().into_iter().filter(|(name, _)| !given(name)).map(line).collect();
        request.headers.extend(self.headers.iter().cloned());
        request.hostless = self.without.iter().any(|name| name == "host");
        Ok(request)
    }

    fn body(&self) -> String {
        let nested = "[".repeat(self.nested) + &"]".repeat(self.nested);
        self.send
            .replace("{{meta}}", META)
            .replace("{{letters}}", &"a".repeat(self.letters))
            .replace("{{nested}}", &nested)
    }

    fn client_headers(&self) -> Vec<(&'static str, String)> {
        let version = match self.client {
            Some(Client::Legacy) => "2025-11-25",
            Some(Client::Modern) => "2026-07-28",
            Some(Client::Bare) | None => return Vec::new(),
        };
        let mut headers = vec![("mcp-protocol-version", version.to_owned())];
        if !self.request.starts_with("POST") {
            return headers;
        }
        headers.push(("content-type", "application/json".to_owned()));
        headers.push(("accept", "application/json, text/event-stream".to_owned()));
        if let (Some(Client::Modern), Ok(body)) = (self.client, parse_json(&self.body())) {
            let text = |pointer| body.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
            headers.extend(text("/method").map(|method| ("mcp-method", method)));
            headers.extend(text("/params/name").or(text("/params/uri")).map(|name| ("mcp-name", name)));
        }
        headers
    }

    /// Fails with every difference between the answer and the expected one.
    pub fn judge(&self, reply: &Reply) -> Result<()> {
        let mut wrong = Vec::new();
        if reply.status != self.status {
            wrong.push(format!("the status is {}, not {}", reply.status, self.status));
        }
        for line in &self.expect {
            let (name, value) = line.split_once(':').context("an expected header has a colon")?;
            let expected = Some(value.trim()).filter(|value| !value.is_empty());
            if reply.header(name) != expected {
                wrong.push(format!("`{name}` is {:?}, not {expected:?}", reply.header(name)));
            }
        }
        if !reply.text().contains(&self.has) {
            wrong.push(format!("the body has no `{}`", self.has));
        }
        match self.answer.as_deref() {
            None => {}
            Some("") if reply.body.is_empty() => {}
            Some("") => wrong.push("the body is not empty".to_owned()),
            Some(pattern) => match reply.json() {
                Ok(body) => wrong.extend(differences(&parse_json(pattern)?, &body)),
                Err(error) => wrong.push(error.to_string()),
            },
        }
        if let Some(pattern) = &self.result {
            let mut result = reply.json()?.get("result").cloned().context("the answer has no result")?;
            result.as_object_mut().and_then(|result| result.remove("_meta"));
            wrong.extend(whole_differences(&parse_json(pattern)?, &result));
        }
        if !self.events.is_empty() {
            let expected = self.events.iter().map(|event| parse_json(event)).collect::<Result<_>>()?;
            wrong.extend(differences(&Value::Array(expected), &Value::Array(reply.events()?)));
        }
        if wrong.is_empty() {
            return Ok(());
        }
        let shown: String = reply.text().chars().take(2000).collect();
        bail!("{}\n{} {shown}", wrong.join("\n"), reply.status)
    }
}

fn post() -> String {
    "POST /mcp".to_owned()
}

fn line((name, value): (&'static str, String)) -> String {
    format!("{name}: {value}")
}

#[cfg(test)]
mod tests {
    use super::cases;
    use crate::Shell;

    fn table(rest: &str) -> String {
        format!("client = \"bare\"\n[[case]]\nname = \"a\"\nstatus = 200\n{rest}")
    }

    #[test]
    fn a_case_runs_on_every_shell_but_the_one_it_names() {
        let on = |not: &str| {
            let cases = cases(&table(not)).unwrap();
            Shell::ALL.map(|shell| cases[0].is_for(shell))
        };
        assert_eq!(on(""), [true, true, true]);
        assert_eq!(on("not = \"native\""), [false, true, true]);
        assert_eq!(on("not = \"composed\""), [true, false, true]);
        assert_eq!(on("not = \"hosted\""), [true, true, false]);
    }

    #[test]
    fn a_case_has_the_same_answer_on_a_lattice_unless_it_names_another() {
        let on_lattice = |answers: &str| cases(&table(answers)).unwrap().remove(0).on_lattice().answer;
        assert_eq!(on_lattice(""), None);
        assert_eq!(on_lattice("answer = '1'").as_deref(), Some("1"));
        assert_eq!(on_lattice("answer = '1'\nanswer_on_lattice = '2'").as_deref(), Some("2"));
    }

    #[test]
    fn a_case_that_names_no_shell_that_there_is_is_refused() {
        for not in ["not = \"Native\"", "not = \"nativ\"", "not = \"\"", "nots = \"native\""] {
            assert!(cases(&table(not)).is_err(), "{not}");
        }
    }
}
