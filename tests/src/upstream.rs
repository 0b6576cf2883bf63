//! A small stand-in for Open-Meteo on this machine: a few cities with weather, and some that fail in a way of their own.
//!
//! The names are `Berlin`, `Lisbon`, `Nairobi`, `Oslo`, `São Paulo` and `Tokyo`, and `Sargasso Sea`, which is in no country; `Slowville` is
//! never answered, `Garbage` gets no JSON, `Nested` arrays within arrays, `Nameless` a place without a name, `Broken` a 500, `Hugeville` more
//! than 1 MiB, `Endless` an answer that never ends, `Cutoff` half an answer, and `Halfway` is found but has no forecast (503). Any other name
//! is unknown.
//!
//! It answers `/v1/search` (geocoding) and `/v1/forecast`, so that one URL serves both of the provider's settings; `/moved` is a redirect to
//! nowhere.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

/// A city of the table, with the weather that it always has.
struct City {
    name: &'static str,
    /// Empty where the place is in none.
    country: &'static str,
    latitude: f64,
    longitude: f64,
    temperature: f64,
    humidity: f64,
    wind_speed: f64,
    weather_code: u32,
}

/// Every city that has weather. The last one has no forecast: that request fails with 503.
const CITIES: [City; 8] = [
    city("Berlin", "Germany", (52.52, 13.41), (11.5, 71.0, 14.2), 3),
    city("Lisbon", "Portugal", (38.72, -9.13), (19.25, 60.0, 9.7), 0),
    city("Nairobi", "Kenya", (-1.28, 36.82), (22.0, 48.0, 6.1), 2),
    city("Oslo", "Norway", (59.91, 10.75), (-4.5, 82.0, 3.0), 71),
    city("São Paulo", "Brazil", (-23.55, -46.64), (25.1, 77.0, 11.0), 95),
    city("Tokyo", "Japan", (35.69, 139.69), (16.0, 55.0, 8.4), 61),
    city("Sargasso Sea", "", (28.0, -66.0), (24.6, 80.0, 20.0), 100),
    city("Halfway", "Nowhere", (1.0, 1.0), (0.0, 0.0, 0.0), 0),
];
const WITHOUT_FORECAST: &str = "Halfway";

const fn city(
    name: &'static str,
    country: &'static str,
    (latitude, longitude): (f64, f64),
    (temperature, humidity, wind_speed): (f64, f64, f64),
    weather_code: u32,
) -> City {
    City { name, country, latitude, longitude, temperature, humidity, wind_speed, weather_code }
}

/// The behaviour of the server.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// The server answers no geocoding before this number of requests were open at once: a client that sends one after the other then
    /// waits for ever, whatever the machine's speed.
    pub hold_until: usize,
    /// How long each answer takes.
    pub delay: Duration,
}

/// A running server. It ends when dropped.
pub struct Upstream {
    url: String,
    seen: Arc<Seen>,
    server: JoinHandle<()>,
}

struct Seen {
    requests: AtomicUsize,
    open: AtomicUsize,
    most_at_once: watch::Sender<usize>,
}

impl Upstream {
    /// Starts on a free port of 127.0.0.1, within a tokio runtime.
    pub async fn start(options: Options) -> io::Result<Self> {
        Self::start_on("127.0.0.1:0", options).await
    }

    /// The same on an address that the caller chooses.
    pub async fn start_on(address: &str, options: Options) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let seen = Arc::new(Seen {
            requests: AtomicUsize::new(0),
            open: AtomicUsize::new(0),
            most_at_once: watch::Sender::new(0),
        });
        let server = tokio::spawn(accept(listener, Arc::clone(&seen), options));
        Ok(Self { url, seen, server })
    }

    /// The value for `geocoding-url` and `forecast-url`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Host and port, for the rule that allows requests to it.
    pub fn authority(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    /// How many requests it has received.
    pub fn requests(&self) -> usize {
        self.seen.requests.load(Ordering::SeqCst)
    }

    /// The largest number of requests that were open at the same time.
    pub fn most_at_once(&self) -> usize {
        *self.seen.most_at_once.borrow()
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn accept(listener: TcpListener, seen: Arc<Seen>, options: Options) {
    // The set is dropped with this task, and every connection with it.
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let seen = Arc::clone(&seen);
        connections.spawn(async move {
            // A client that disconnects is no error of the server.
            let _ = converse(stream, &seen, options).await;
        });
        while connections.try_join_next().is_some() {}
    }
}

/// Reads one request, answers it, and closes.
async fn converse(mut stream: TcpStream, seen: &Seen, options: Options) -> io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    let head = String::from_utf8_lossy(&head);
    let target = head.split(' ').nth(1).unwrap_or_default();
    let _open = Open::new(seen);
    if target.starts_with("/v1/search") {
        let mut most = seen.most_at_once.subscribe();
        let _ = most.wait_for(|most| *most >= options.hold_until).await;
    }
    tokio::time::sleep(options.delay).await;
    match answer(target) {
        Answer::Whole(status, body) => respond(&mut stream, status, body.len(), &body).await,
        Answer::Cut(body) => respond(&mut stream, 200, body.len() + 1, &body).await,
        Answer::Endless => {
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n").await?;
            // Each write waits until the client has read some of what went before, and fails when the client is gone.
            loop {
                stream.write_all(&[b' '; 16 << 10]).await?;
            }
        }
        // The server waits until the client closes the connection.
        Answer::Never => stream.read_u8().await.map(drop),
    }
}

async fn respond(stream: &mut TcpStream, status: u16, length: usize, body: &str) -> io::Result<()> {
    let head = format!(
        "HTTP/1.1 {status} Answer\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body.as_bytes()).await?;
    stream.shutdown().await
}

/// Counts a request as open while it lives.
struct Open<'a>(&'a Seen);

impl<'a> Open<'a> {
    fn new(seen: &'a Seen) -> Self {
        seen.requests.fetch_add(1, Ordering::SeqCst);
        let open = seen.open.fetch_add(1, Ordering::SeqCst) + 1;
        seen.most_at_once.send_if_modified(|most| {
            let more = open > *most;
            *most = open.max(*most);
            more
        });
        Self(seen)
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::SeqCst);
    }
}

#[derive(Debug, PartialEq)]
enum Answer {
    Whole(u16, String),
    Cut(String),
    Endless,
    Never,
}

fn answer(target: &str) -> Answer {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    match path {
        "/v1/search" => geocoding(&parameter(query, "name")),
        "/moved" => Answer::Whole(302, String::new()),
        "/v1/forecast" => forecast(&parameter(query, "latitude"), &parameter(query, "longitude")),
        _ => Answer::Whole(404, json!({ "error": true, "reason": "Not Found" }).to_string()),
    }
}

fn geocoding(name: &str) -> Answer {
    match name {
        "Slowville" => Answer::Never,
        "Endless" => Answer::Endless,
        "Garbage" => Answer::Whole(200, "<html>It works!</html>".to_owned()),
        "Nested" => Answer::Whole(200, "[".repeat(200_000) + &"]".repeat(200_000)),
        "Nameless" => Answer::Whole(200, json!({ "results": [{ "latitude": 1.0, "longitude": 1.0 }] }).to_string()),
        "Broken" => Answer::Whole(500, json!({ "error": true, "reason": "Internal" }).to_string()),
        "Hugeville" => Answer::Whole(200, " ".repeat((1 << 20) + 1)),
        "Cutoff" => Answer::Cut(r#"{"results":"#.to_owned()),
        _ => {
            let city = CITIES.iter().find(|city| city.name == name);
            Answer::Whole(200, city.map_or_else(|| json!({ "generationtime_ms": 0.2 }), place).to_string())
        }
    }
}

fn place(city: &City) -> Value {
    let City { name, country, latitude, longitude, .. } = city;
    let mut place = json!({ "id": 1, "name": name, "latitude": latitude, "longitude": longitude });
    if !country.is_empty() {
        place["country"] = (*country).into();
    }
    json!({ "results": [place] })
}

fn forecast(latitude: &str, longitude: &str) -> Answer {
    let here = |city: &&City| latitude.parse() == Ok(city.latitude) && longitude.parse() == Ok(city.longitude);
    match CITIES.iter().find(here) {
        Some(city) if city.name == WITHOUT_FORECAST => Answer::Whole(503, String::new()),
        Some(city) => Answer::Whole(200, weather(city).to_string()),
        None => Answer::Whole(400, json!({ "error": true, "reason": "No such place." }).to_string()),
    }
}

fn weather(city: &City) -> Value {
    let City { temperature, humidity, wind_speed, weather_code, .. } = city;
    json!({
        "current_units": {
            "time": "iso8601", "temperature_2m": "°C", "relative_humidity_2m": "%", "wind_speed_10m": "km/h",
            "weather_code": "wmo code"
        },
        "current": {
            "time": "2026-01-01T12:00", "temperature_2m": temperature, "relative_humidity_2m": humidity,
            "wind_speed_10m": wind_speed, "weather_code": weather_code
        }
    })
}

fn parameter(query: &str, name: &str) -> String {
    let value = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    percent_decode_str(value.unwrap_or_default()).decode_utf8_lossy().into_owned()
}
