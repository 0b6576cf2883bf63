//! The examples of `examples/`: the conversations that all of them must have, and how a test asks one of them.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::{Built, Case, Reply, Request, cases, parse_json, whole_differences};

/// The setting `timeout-ms` that the table takes for granted.
pub const TIMEOUT_MS: &str = "2000";
/// The weather in Oslo, as every example says it.
pub const OSLO: &str = "Oslo, Norway: light snow, -4.5 °C, humidity 82 %, wind 3 km/h";
/// Cities of which one is no place: an example asks for all of them at once.
pub const CITIES: [&str; 5] = ["Berlin", "Atlantis", "Oslo", "Tokyo", "Lisbon"];

/// A setting that cannot be used, and what a call then says.
pub const SETTINGS: [(&str, &str, &str); 12] = [
    ("geocoding-url", "", NO_GEOCODING),
    ("geocoding-url", "127.0.0.1:80", NO_GEOCODING),
    ("geocoding-url", "/v1", NO_GEOCODING),
    ("geocoding-url", "ftp://host", NO_GEOCODING),
    ("geocoding-url", "http://", NO_GEOCODING),
    ("geocoding-url", "http://user:secret@host", NO_GEOCODING),
    ("geocoding-url", "http://host/?key=secret", NO_GEOCODING),
    ("forecast-url", "http://host/#top", NO_FORECAST),
    ("forecast-url", "http://ho st", NO_FORECAST),
    ("timeout-ms", "0", NO_TIMEOUT),
    ("timeout-ms", "60001", NO_TIMEOUT),
    ("timeout-ms", "5s", NO_TIMEOUT),
];
const NO_GEOCODING: &str = "the setting `geocoding-url` is not a URL of the form `http[s]://HOST[:PORT][/PATH]`";
const NO_FORECAST: &str = "the setting `forecast-url` is not a URL of the form `http[s]://HOST[:PORT][/PATH]`";
const NO_TIMEOUT: &str = "the setting `timeout-ms` is not a number of milliseconds from 1 to 60000";

const TABLE: &str = include_str!("../conversations/examples.toml");
const SCHEMAS: [(&str, &str); 5] = [
    ("echo.input", include_str!("../../components/providers/weather/schemas/echo.input.json")),
    ("get_weather.input", include_str!("../../components/providers/weather/schemas/get_weather.input.json")),
    ("get_weather.output", include_str!("../../components/providers/weather/schemas/get_weather.output.json")),
    ("multi_weather.input", include_str!("../../components/providers/weather/schemas/multi_weather.input.json")),
    ("multi_weather.output", include_str!("../../components/providers/weather/schemas/multi_weather.output.json")),
];
const TOOLS: [&str; 3] = ["echo", "get_weather", "multi_weather"];
const PROMPT: &str = "plan_day";

/// The example in a language.
#[derive(Clone)]
pub struct Example {
    /// The end of its folder's name.
    pub language: &'static str,
    /// What tests call it.
    pub title: &'static str,
    /// What is built of it.
    pub built: Built,
}

impl Example {
    /// The examples in every language, as [`Built::all`] finds them.
    pub fn all() -> Result<Vec<Example>> {
        let of = |built: Built| {
            let example = Example { language: built.language, title: built.language, built };
            let one_file = example.one_file();
            ensure!(one_file.is_file(), "there is no `{}`: run `make examples` first", one_file.display());
            Ok(example)
        };
        Built::all("examples/weather-", "weather.wasm")?.into_iter().map(of).collect()
    }

    /// The example in TypeScript on another engine than its own.
    pub fn on_starlingmonkey() -> Result<Example> {
        let built = Built::in_folder("target/examples/weather-ts-starlingmonkey", "ts", "weather.wasm")?;
        Ok(Example { language: "ts", title: "ts on StarlingMonkey", built })
    }

    /// The server that is composed of the component.
    pub fn one_file(&self) -> PathBuf {
        self.built.component.with_file_name("mcp-http-server.wasm")
    }

    /// What goes before the names of its tools and its prompt where all examples are on one server.
    pub fn prefix(&self) -> String {
        self.built.prefix()
    }

    /// The URI of its resource.
    pub fn conditions(&self) -> String {
        format!("weather://{}/conditions", self.language)
    }

    /// The rows of the table, for a provider whose names have this prefix and whose upstream is there.
    pub fn cases(&self, prefix: &str, upstream: &str) -> Result<Vec<Case>> {
        let mut table = TABLE.replace("{{upstream}}", upstream).replace("{{conditions}}", &self.conditions());
        for (name, schema) in SCHEMAS {
            table = table.replace(&format!("{{{{schema {name}}}}}"), schema);
        }
        for name in TOOLS.iter().chain([&PROMPT]) {
            for member in ["\"name\":\"", "\"name\": \""] {
                table = table.replace(&format!("{member}{name}\""), &format!("{member}{prefix}{name}\""));
            }
        }
        cases(&table)
    }

    /// Calls two tools of it behind its prefix, reads its resource and gets its prompt.
    pub fn works(&self, server: &impl Endpoint) -> Result<()> {
        let Example { language, .. } = self;
        let name = |name: &str| format!("{}{name}", self.prefix());
        is_text(server, &name("echo"), &json!({ "message": language }), language)?;
        for (method, params, pointer, expected) in [
            (
                "tools/call",
                json!({ "name": name("get_weather"), "arguments": { "location": "Oslo" } }),
                "/result/structuredContent/summary",
                OSLO,
            ),
            (
                "resources/read",
                json!({ "uri": self.conditions() }),
                "/result/contents/0/text",
                r#"<has {"0":"clear sky","1":"mainly clear",>"#,
            ),
            (
                "prompts/get",
                json!({ "name": name(PROMPT), "arguments": { "city": "Oslo" } }),
                "/result/messages/0/content/text",
                "<has Plan a day outdoors in Oslo.>",
            ),
        ] {
            let answer = server.send(&Request::of("2026-07-28", method, params))?.json()?;
            let wrong = whole_differences(&expected.into(), answer.pointer(pointer).unwrap_or(&answer));
            ensure!(wrong.is_empty(), "{language}, {method}: {}", wrong.join("\n"));
        }
        Ok(())
    }
}

/// A server of examples, on whatever it runs.
pub trait Endpoint {
    /// Sends a request and waits for the answer.
    fn send(&self, request: &Request) -> Result<Reply>;
}

/// Fails unless the lists have the tools, the prompt and the resource of each of these examples, in this order, and nothing else.
pub fn list_all(server: &impl Endpoint, examples: &[&Example]) -> Result<()> {
    let all = |names: &[&str]| -> Vec<Value> {
        examples.iter().flat_map(|example| names.iter().map(|name| (example.prefix() + name).into())).collect()
    };
    let conditions = examples.iter().map(|example| example.conditions().into()).collect();
    for (method, items, member, expected) in [
        ("tools/list", "tools", "name", all(&TOOLS)),
        ("prompts/list", "prompts", "name", all(&[PROMPT])),
        ("resources/list", "resources", "uri", conditions),
    ] {
        let answer = server.send(&Request::of("2026-07-28", method, json!({})))?.json()?;
        let listed = answer.pointer(&format!("/result/{items}")).and_then(Value::as_array);
        let listed = listed.with_context(|| format!("{method}: {answer}"))?;
        let listed: Vec<Value> = listed.iter().filter_map(|item| item.get(member).cloned()).collect();
        ensure!(listed == expected, "{method}: {listed:?}");
        ensure!(answer.pointer("/result/nextCursor").is_none(), "{method} has another page");
    }
    Ok(())
}

/// Fails unless the answer has the weather of every place of [`CITIES`], in their order, but for the one that is no place.
pub fn has_cities(answer: &Value) -> Result<()> {
    let found = answer.pointer("/result/structuredContent/cities").and_then(Value::as_array);
    let found = found.with_context(|| answer.to_string())?;
    for (city, found) in CITIES.iter().zip(found) {
        let wanted = if *city == "Atlantis" { "error" } else { "weather" };
        ensure!(found.get("location") == Some(&json!(city)) && found.get(wanted).is_some(), "{city}: {answer}");
    }
    ensure!(found.len() == CITIES.len(), "{answer}");
    Ok(())
}

/// The answer without what other providers have in a list: what is left has this URI, or a name that begins so.
pub fn only_of(prefix: &str, uri: &str, mut reply: Reply) -> Reply {
    let Ok(mut answer) = reply.json() else { return reply };
    let is_its =
        |item: &Value| item["uri"] == uri || item["name"].as_str().is_some_and(|name| name.starts_with(prefix));
    for items in ["tools", "resources", "prompts"] {
        if let Some(listed) = answer.pointer_mut(&format!("/result/{items}")).and_then(Value::as_array_mut) {
            listed.retain(is_its);
            reply.body = answer.to_string().into_bytes();
        }
    }
    reply
}

/// Fails where there is structured content and the text is not the same, whatever the order of its members.
pub fn repeats(reply: &Reply) -> Result<()> {
    let answer = reply.json()?;
    if let Some(structured) = answer.pointer("/result/structuredContent") {
        let text = answer.pointer("/result/content/0/text").and_then(Value::as_str).context("no text")?;
        let wrong = whole_differences(structured, &parse_json(text)?);
        ensure!(wrong.is_empty(), "the text is not the structured content: {}\n{text}", wrong.join("\n"));
    }
    Ok(())
}

/// Fails unless the text says that the time was up, after at most half of the time that the call had.
pub fn in_time(said: &str, call_ms: u32) -> Result<()> {
    let ms = said.rsplit_once('(').and_then(|(_, ms)| ms.strip_suffix(" ms)")?.parse().ok());
    ensure!(ms.is_some_and(|ms: u32| (1..=call_ms / 2).contains(&ms)), "{said}");
    Ok(())
}

/// The answer to a call of a tool.
pub fn answer(server: &impl Endpoint, tool: &str, arguments: &Value) -> Result<Value> {
    server.send(&Request::call(tool, &arguments.to_string()))?.json()
}

/// Fails unless the whole result of a call is this text.
pub fn is_text(server: &impl Endpoint, tool: &str, arguments: &Value, text: &str) -> Result<()> {
    has_result(server, tool, arguments, &json!({ "content": [{ "type": "text", "text": text }] }))
}

/// Fails unless the whole result of a call is this text, as an error of the tool.
pub fn is_error(server: &impl Endpoint, tool: &str, arguments: &Value, text: &str) -> Result<()> {
    has_result(server, tool, arguments, &json!({ "isError": true, "content": [{ "type": "text", "text": text }] }))
}

fn has_result(server: &impl Endpoint, tool: &str, arguments: &Value, result: &Value) -> Result<()> {
    let answer = answer(server, tool, arguments)?;
    let wrong = whole_differences(result, answer.get("result").with_context(|| answer.to_string())?);
    ensure!(wrong.is_empty(), "{}", wrong.join("\n").chars().take(2000).collect::<String>());
    Ok(())
}
