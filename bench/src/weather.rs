//! The native counterpart of the provider's `get_weather`: the same two HTTP requests, over a client that reuses its connections.

use std::fmt::Write as _;

use anyhow::{Context, ensure};
use axum::body::{Body, Bytes};
use http_body_util::BodyExt;
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Asks a geocoding service, then a forecast service.
#[derive(Clone)]
pub struct Weather {
    client: Client<HttpConnector, Body>,
    base: String,
}

#[derive(Deserialize)]
struct Places {
    #[serde(default)]
    results: Vec<Place>,
}

#[derive(Deserialize)]
struct Place {
    name: String,
    latitude: f64,
    longitude: f64,
}

#[derive(Deserialize)]
struct Forecast {
    current: Current,
}

#[derive(Deserialize)]
struct Current {
    temperature_2m: f64,
    wind_speed_10m: f64,
}

impl Weather {
    /// A client of the upstream at `base`, which stands for both services.
    pub fn new(base: &str) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        Self { client: Client::builder(TokioExecutor::new()).build(connector), base: base.to_owned() }
    }

    /// The weather at `location` in one line; fails when the upstream does or does not know the place.
    pub async fn report(&self, location: &str) -> anyhow::Result<String> {
        let places: Places = self.get(&format!("/v1/search?name={}&count=1", encode(location))).await?;
        let place = places.results.first().with_context(|| format!("no place is called `{location}`"))?;
        let path = format!(
            "/v1/forecast?latitude={}&longitude={}&current=temperature_2m,wind_speed_10m",
            place.latitude, place.longitude
        );
        let Forecast { current } = self.get(&path).await?;
        Ok(format!("{}: {} °C, wind {} km/h", place.name, current.temperature_2m, current.wind_speed_10m))
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> anyhow::Result<T> {
        let response = self.client.get(format!("{}{path}", self.base).parse()?).await?;
        ensure!(response.status().is_success(), "the upstream answered {}", response.status());
        let body: Bytes = response.into_body().collect().await?.to_bytes();
        Ok(serde_json::from_slice(&body)?)
    }
}

/// RFC 3986 percent-encoding of everything but letters, digits and `-._~`.
fn encode(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(byte as char),
            _ => {
                // Writing to a string cannot fail.
                let _ = write!(out, "%{byte:02X}");
            }
        }
        out
    })
}
