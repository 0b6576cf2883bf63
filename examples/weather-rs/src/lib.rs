//! The weather by the name of a place: a provider of MCP tools, a resource and a prompt, which asks Open-Meteo or a service with the same API.
//!
//! A provider is a component. It exports interfaces of the contract `wasmcp:mcp` (here `provider`, `tools`, `resources` and `prompts`) and
//! imports the services that it uses (here `settings` and `http`); `wit/world.wit` says which. A server calls these functions, one call for
//! each thing that a client asks, and speaks MCP to the clients. Memory is new at each call.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use bindings::exports::wasmcp::mcp::{prompts, provider, resources, tools};
use bindings::wasmcp::mcp::model::*;
use bindings::wasmcp::mcp::{http, settings};

/// The types of the contract, and the functions that the server calls, as traits.
mod bindings {
    wit_bindgen::generate!({ path: "wit", world: "weather", generate_all });
    export!(Weather);
    use super::Weather;
}

const VERSION: &str = "1.0.0";
const LARGEST_ANSWER: usize = 1 << 20;
/// It names the language so that all examples can be served together: no two providers of a server may have the same URI.
const CONDITIONS_URI: &str = "weather://rs/conditions";
/// Everything that is listed here changes only with the component, so that clients may keep it for an hour.
const CACHE: CacheHint = CacheHint { ttl_ms: 3_600_000, scope: CacheScope::Public };
/// The weather codes of the WMO that Open-Meteo uses, in words.
#[rustfmt::skip]
const CONDITIONS: [(u32, &str); 28] = [
    (0, "clear sky"), (1, "mainly clear"), (2, "partly cloudy"), (3, "overcast"), (45, "fog"), (48, "freezing fog"),
    (51, "light drizzle"), (53, "drizzle"), (55, "dense drizzle"), (56, "light freezing drizzle"), (57, "freezing drizzle"),
    (61, "light rain"), (63, "rain"), (65, "heavy rain"), (66, "light freezing rain"), (67, "freezing rain"),
    (71, "light snow"), (73, "snow"), (75, "heavy snow"), (77, "snow grains"),
    (80, "light rain showers"), (81, "rain showers"), (82, "violent rain showers"), (85, "light snow showers"), (86, "snow showers"),
    (95, "thunderstorm"), (96, "thunderstorm with light hail"), (99, "thunderstorm with heavy hail"),
];

struct Weather;

impl provider::Guest for Weather {
    /// Says what the provider is and has. The catalogue is static: the server asks once, when it starts, and not at each call.
    fn describe(_ctx: Context) -> Result<ProviderInfo, McpError> {
        let implementation = Implementation {
            name: "weather".into(),
            version: VERSION.into(),
            title: Some("Weather".into()),
            description: Some("The weather now, by the name of a place.".into()),
            website_url: None,
            icons: vec![],
            extra: None,
        };
        let instructions = "For several places call `multi_weather` once: it asks for them at the same time.";
        Ok(ProviderInfo {
            implementation,
            instructions: Some(instructions.into()),
            offers: Offers::TOOLS | Offers::RESOURCES | Offers::PROMPTS,
            extensions: vec![],
            experimental: vec![],
            cache: Some(CACHE),
            catalogue_revision: VERSION.into(),
            catalogue_static: true,
            extra: None,
        })
    }
}

impl tools::Guest for Weather {
    fn list_tools(_ctx: Context, cursor: Option<String>) -> Result<ToolPage, McpError> {
        only_page(cursor)?;
        let tool = |name: &str, title: &str, description: &str, input: &str, output: Option<&str>| Tool {
            name: name.into(),
            title: Some(title.into()),
            description: Some(description.into()),
            input_schema: input.into(),
            output_schema: output.map(Into::into),
            // Nothing is changed by these tools. All but `echo` say what others have said, in an open world.
            annotations: Some(ToolAnnotations {
                title: None,
                read_only_hint: Some(true),
                destructive_hint: Some(false),
                idempotent_hint: Some(true),
                open_world_hint: Some(name != "echo"),
                extra: None,
            }),
            task_support: None,
            icons: vec![],
            extra: None,
        };
        let tools = vec![
            tool("echo", "Echo", "Says the message back.", include_str!("../schemas/echo.input.json"), None),
            tool(
                "get_weather",
                "Weather at a place",
                "Conditions, temperature, humidity and wind at one place now.",
                include_str!("../schemas/get_weather.input.json"),
                Some(include_str!("../schemas/get_weather.output.json")),
            ),
            tool(
                "multi_weather",
                "Weather at several places",
                "The same for one to five places at once. A place that fails does not fail the others.",
                include_str!("../schemas/multi_weather.input.json"),
                Some(include_str!("../schemas/multi_weather.output.json")),
            ),
        ];
        Ok(ToolPage { tools, next_cursor: None, cache: Some(CACHE), extra: None })
    }

    /// Runs a tool. What goes wrong is an output with `is_error`, which the model reads; an `McpError` is for the client's program.
    fn call_tool(ctx: Context, call: ToolCall) -> Result<ToolLeg, McpError> {
        let result = match call.name.as_str() {
            "echo" => echo(&call.arguments),
            "get_weather" => get_weather(&ctx, &call.arguments),
            "multi_weather" => multi_weather(&ctx, &call.arguments),
            _ => return Err(McpError::UnknownName(call.name)),
        };
        let output = result.unwrap_or_else(|message| ToolOutput { is_error: true, ..text_output(message) });
        Ok(ToolLeg { events: vec![], outcome: ToolOutcome::Complete(output) })
    }
}

impl resources::Guest for Weather {
    fn list_resources(_ctx: Context, cursor: Option<String>) -> Result<ResourcePage, McpError> {
        only_page(cursor)?;
        let conditions = ResourceInfo {
            uri: CONDITIONS_URI.into(),
            name: "conditions".into(),
            title: Some("Weather codes".into()),
            description: Some("What each weather code of the WMO means.".into()),
            mime_type: Some("application/json".into()),
            size: None,
            annotations: None,
            icons: vec![],
            extra: None,
        };
        Ok(ResourcePage { resources: vec![conditions], next_cursor: None, cache: Some(CACHE), extra: None })
    }

    fn list_templates(_ctx: Context, cursor: Option<String>) -> Result<ResourceTemplatePage, McpError> {
        only_page(cursor)?;
        Ok(ResourceTemplatePage { templates: vec![], next_cursor: None, cache: Some(CACHE), extra: None })
    }

    fn read_resource(_ctx: Context, read: ResourceRead) -> Result<ResourceLeg, McpError> {
        if read.uri != CONDITIONS_URI {
            return Err(McpError::ResourceNotFound(read.uri));
        }
        let words: Map<_, _> = CONDITIONS.iter().map(|(code, words)| (code.to_string(), json!(words))).collect();
        let contents = ResourceContents {
            uri: read.uri,
            mime_type: Some("application/json".into()),
            body: ResourceBody::Text(Value::Object(words).to_string()),
            extra: None,
        };
        let output = ResourceOutput { contents: vec![contents], cache: Some(CACHE), extra: None };
        Ok(ResourceLeg { events: vec![], outcome: ResourceOutcome::Complete(output) })
    }
}

impl prompts::Guest for Weather {
    fn list_prompts(_ctx: Context, cursor: Option<String>) -> Result<PromptPage, McpError> {
        only_page(cursor)?;
        let city = PromptArgument {
            name: "city".into(),
            title: None,
            description: Some("The name of a place".into()),
            required: Some(true),
            extra: None,
        };
        let plan_day = Prompt {
            name: "plan_day".into(),
            title: Some("Plan a day".into()),
            description: Some("Plans a day outdoors by the weather.".into()),
            arguments: vec![city],
            icons: vec![],
            extra: None,
        };
        Ok(PromptPage { prompts: vec![plan_day], next_cursor: None, cache: Some(CACHE), extra: None })
    }

    /// Fills in a prompt. Here a wrong argument is an `McpError`: no model reads it.
    fn get_prompt(_ctx: Context, get: PromptGet) -> Result<PromptLeg, McpError> {
        if get.name != "plan_day" {
            return Err(McpError::UnknownName(get.name));
        }
        let city = get.arguments.iter().find(|(name, _)| name == "city").map_or("", |(_, city)| city.trim());
        if city.is_empty() {
            let message = "`city` is missing: it must be a string".into();
            return Err(McpError::InvalidParams(ErrorDetail { message, data: None }));
        }
        let text = format!(
            "Plan a day outdoors in {city}. Ask the tool `get_weather` for {city} first, and say what to wear."
        );
        let message = PromptMessage { role: Role::User, content: text_block(text), extra: None };
        let output = PromptOutput { description: None, messages: vec![message], extra: None };
        Ok(PromptLeg { events: vec![], outcome: PromptOutcome::Complete(output) })
    }
}

/// Each list has one page, so that no cursor was ever given out.
fn only_page(cursor: Option<String>) -> Result<(), McpError> {
    if cursor.is_some() { Err(McpError::InvalidCursor) } else { Ok(()) }
}

fn echo(arguments: &str) -> Result<ToolOutput, String> {
    let message = only_argument(arguments, "message", "a string", |message| string("message", message))?;
    Ok(text_output(message.to_owned()))
}

fn get_weather(ctx: &Context, arguments: &str) -> Result<ToolOutput, String> {
    let place = only_argument(arguments, "location", "a string", |place| location("location", place))?;
    let mut reports = reports(ctx, &[place])?;
    reports.remove(0).map(structured_output)
}

fn multi_weather(ctx: &Context, arguments: &str) -> Result<ToolOutput, String> {
    let cities = only_argument(arguments, "cities", "an array of strings", locations)?;
    let reports = reports(ctx, &cities)?;
    let outcomes = || cities.iter().zip(&reports);
    if reports.iter().all(Result::is_err) {
        let lines = outcomes().filter_map(|(city, report)| Some(format!("{city}: {}", report.as_ref().err()?)));
        return Err(lines.collect::<Vec<_>>().join("\n"));
    }
    let entries = outcomes().map(|(city, report)| match report {
        Ok(report) => json!({ "location": city, "weather": report }),
        Err(error) => json!({ "location": city, "error": error }),
    });
    Ok(structured_output(json!({ "cities": entries.collect::<Vec<_>>() })))
}

fn text_output(text: String) -> ToolOutput {
    ToolOutput { content: vec![text_block(text)], structured_content: None, is_error: false, extra: None }
}

/// The text repeats the structured content for clients that do not read that.
fn structured_output(content: Value) -> ToolOutput {
    let content = content.to_string();
    ToolOutput { structured_content: Some(content.clone()), ..text_output(content) }
}

fn text_block(text: String) -> ContentBlock {
    ContentBlock::Text(TextContent { text, annotations: None, extra: None })
}

/// The one argument that a tool has. The arguments are always an object, but the server has not checked them against the schema.
fn only_argument<T>(
    arguments: &str,
    name: &str,
    wanted: &str,
    read: impl Fn(Value) -> Result<T, String>,
) -> Result<T, String> {
    let mut arguments: Map<String, Value> =
        serde_json::from_str(arguments).map_err(|error| format!("the arguments are not a JSON object: {error}"))?;
    let argument = arguments.remove(name).ok_or_else(|| format!("`{name}` is missing: it must be {wanted}"))?;
    let argument = read(argument)?;
    match arguments.keys().min() {
        Some(unknown) => Err(format!("`{unknown}` is not an argument of this tool")),
        None => Ok(argument),
    }
}

fn string(name: &str, value: Value) -> Result<String, String> {
    match value {
        Value::String(text) => Ok(text),
        other => Err(format!("`{name}` must be a string, not {}", kind(&other))),
    }
}

/// The name of a place, which is put into a URL and into messages.
fn location(name: &str, value: Value) -> Result<String, String> {
    let text = string(name, value)?.trim().to_owned();
    match text.chars().count() {
        length @ (0 | 101..) => Err(format!("`{name}` must have 1 to 100 characters, not {length}")),
        _ if text.chars().any(char::is_control) => Err(format!("`{name}` must not have control characters")),
        _ => Ok(text),
    }
}

fn locations(value: Value) -> Result<Vec<String>, String> {
    let Value::Array(items) = value else {
        return Err(format!("`cities` must be an array of strings, not {}", kind(&value)));
    };
    if !(1..=5).contains(&items.len()) {
        return Err(format!("`cities` must have 1 to 5 items, not {}", items.len()));
    }
    items.into_iter().enumerate().map(|(index, item)| location(&format!("cities[{index}]"), item)).collect()
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// Where a part of the API is.
struct Base {
    url: String,
    /// Host and port, for messages.
    host: String,
}

/// What an operator has set by `--set weather.KEY=VALUE`. A message repeats no value, which may hold a secret.
fn setting(key: &str) -> Result<Option<String>, String> {
    settings::get(key).map_err(|_| format!("the setting `{key}` cannot be read now"))
}

fn base_setting(key: &str, default: &str) -> Result<Base, String> {
    let url = setting(key)?.unwrap_or_else(|| default.to_owned());
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let host = rest.and_then(|rest| rest.split('/').next()).unwrap_or_default();
    if host.is_empty() || host.contains('@') || url.contains(|c: char| c.is_whitespace() || matches!(c, '?' | '#')) {
        return Err(format!("the setting `{key}` is not a URL of the form `http[s]://HOST[:PORT][/PATH]`"));
    }
    Ok(Base { host: host.to_owned(), url: url.trim_end_matches('/').to_owned() })
}

fn timeout_setting() -> Result<u32, String> {
    let Some(text) = setting("timeout-ms")? else { return Ok(5_000) };
    text.parse()
        .ok()
        .filter(|ms| (1..=60_000).contains(ms))
        .ok_or_else(|| "the setting `timeout-ms` is not a number of milliseconds from 1 to 60000".to_owned())
}

#[derive(Deserialize)]
struct Search {
    /// It is left out where nothing matches.
    #[serde(default)]
    results: Vec<Place>,
}

#[derive(Deserialize)]
struct Place {
    name: String,
    latitude: f64,
    longitude: f64,
    /// Some places, such as the seas, are in none.
    country: Option<String>,
}

#[derive(Deserialize)]
struct Forecast {
    current: Current,
    current_units: Units,
}

#[derive(Deserialize)]
struct Current {
    temperature_2m: f64,
    relative_humidity_2m: f64,
    wind_speed_10m: f64,
    weather_code: u32,
}

#[derive(Deserialize)]
struct Units {
    temperature_2m: String,
    relative_humidity_2m: String,
    wind_speed_10m: String,
}

/// The weather at each place, or why there is none, in their order: all are looked up at once, and then those that were found asked for at once.
fn reports(ctx: &Context, locations: &[String]) -> Result<Vec<Result<Value, String>>, String> {
    const FIELDS: &str = "temperature_2m,relative_humidity_2m,wind_speed_10m,weather_code";
    let geocoding = base_setting("geocoding-url", "https://geocoding-api.open-meteo.com")?;
    let forecast = base_setting("forecast-url", "https://api.open-meteo.com")?;
    // No client waits for an answer after `remaining_ms`: two rounds of requests must end some time before that.
    let timeout_ms = timeout_setting()?.min(ctx.remaining_ms.saturating_sub(100) / 2);

    let searches = locations.iter().map(|location| {
        let name = utf8_percent_encode(location, NON_ALPHANUMERIC);
        Ok(format!("/v1/search?name={name}&count=1&language=en&format=json"))
    });
    let found: Vec<Result<Search, String>> = get_all(&geocoding, searches.collect(), timeout_ms);
    let place = |(found, location): (Result<Search, String>, &String)| {
        found?.results.into_iter().next().ok_or_else(|| format!("there is no place called `{location}`"))
    };
    let places: Vec<Result<Place, String>> = found.into_iter().zip(locations).map(place).collect();

    let forecasts = places.iter().map(|place| {
        let Place { latitude, longitude, .. } = place.as_ref().map_err(String::clone)?;
        Ok(format!("/v1/forecast?latitude={latitude}&longitude={longitude}&current={FIELDS}"))
    });
    let answers = get_all(&forecast, forecasts.collect(), timeout_ms);
    Ok(places.into_iter().zip(answers).map(|(place, answer)| Ok(report(place?, answer?))).collect())
}

/// Asks for all paths by one `send`, which answers when each has its answer. A path that has failed already is not asked for.
fn get_all<T: DeserializeOwned>(
    base: &Base,
    paths: Vec<Result<String, String>>,
    timeout_ms: u32,
) -> Vec<Result<T, String>> {
    let headers = [("accept", "application/json"), ("user-agent", "weather/1.0.0")];
    let request = |path: &String| http::Request {
        method: "GET".into(),
        url: format!("{}{path}", base.url),
        headers: headers.map(|(name, value)| (name.into(), value.into())).into(),
        body: vec![],
        timeout_ms: Some(timeout_ms),
    };
    let requests: Vec<_> = paths.iter().flatten().map(request).collect();
    let mut responses = http::send(&requests).into_iter();
    let mut answer = || read_answer(&base.host, timeout_ms, responses.next().unwrap_or(Err(http::Failure::NotOffered)));
    paths.into_iter().map(|path| path.and_then(|_| answer())).collect()
}

fn read_answer<T: DeserializeOwned>(
    host: &str,
    timeout_ms: u32,
    result: Result<http::Response, http::Failure>,
) -> Result<T, String> {
    use http::Failure;
    let at = format!("the weather service at `{host}`");
    match result {
        Ok(response) if response.status != 200 => {
            Err(format!("{at} failed: it answered with HTTP status {}", response.status))
        }
        Ok(response) if response.body.len() <= LARGEST_ANSWER => serde_json::from_slice(&response.body)
            .map_err(|error| format!("{at} gave an answer that cannot be read: {error}")),
        Ok(_) | Err(Failure::TooLarge) => Err(format!("{at} answered with more than 1 MiB")),
        Err(Failure::NotOffered) => Err("this server offers its tools no HTTP requests".to_owned()),
        // The reason has the words for the operator: which host to allow, and by which option.
        Err(Failure::Denied(reason)) => Err(format!("this server may not ask the weather service: {reason}")),
        Err(Failure::Timeout) => Err(format!("{at} did not answer in time ({timeout_ms} ms)")),
        Err(Failure::Connection(reason)) => Err(format!("{at} cannot be reached: {reason}")),
        Err(Failure::InvalidRequest(reason) | Failure::Other(reason)) => Err(format!("{at} cannot be asked: {reason}")),
    }
}

/// The weather at a place as the output schema has it.
fn report(place: Place, Forecast { current, current_units: units }: Forecast) -> Value {
    let Current { temperature_2m: temperature, relative_humidity_2m: humidity, wind_speed_10m: wind, weather_code } =
        current;
    let words = CONDITIONS.iter().find(|(code, _)| *code == weather_code);
    let conditions = words.map_or("unknown conditions", |(_, words)| *words);
    let whole_name = place.country.iter().fold(place.name.clone(), |name, country| format!("{name}, {country}"));
    let summary = format!(
        "{whole_name}: {conditions}, {temperature} {}, humidity {humidity} {}, wind {wind} {}",
        units.temperature_2m, units.relative_humidity_2m, units.wind_speed_10m
    );
    let mut report = json!({
        "name": place.name,
        "latitude": place.latitude,
        "longitude": place.longitude,
        "conditions": conditions,
        "weatherCode": weather_code,
        "temperature": { "value": temperature, "unit": units.temperature_2m },
        "humidity": { "value": humidity, "unit": units.relative_humidity_2m },
        "windSpeed": { "value": wind, "unit": units.wind_speed_10m },
        "summary": summary,
    });
    if let Some(country) = place.country {
        report["country"] = country.into();
    }
    report
}
