//! The path from a name to its weather, with answers from a table.

use std::cell::Cell;
use std::future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use super::*;

const OSLO: &str = r#"{"results":[{"name":"Oslo","latitude":59.9,"longitude":10.7,"country":"Norway"}]}"#;
const SNOW: &str = r#"{"current_units":{"temperature_2m":"°C","relative_humidity_2m":"%","wind_speed_10m":"km/h",
    "weather_code":"wmo code"},"current":{"temperature_2m":-4.5,"relative_humidity_2m":82,"wind_speed_10m":3.0,
    "weather_code":71}}"#;

/// Answers only once so many requests were sent: whoever asks one after the other never gets an answer.
struct Table {
    answers_after: usize,
    sent: Cell<usize>,
}

impl Http for Table {
    async fn get(&self, url: &Url) -> Result<Vec<u8>, HttpError> {
        self.sent.set(self.sent.get() + 1);
        future::poll_fn(|_| if self.sent.get() < self.answers_after { Poll::Pending } else { Poll::Ready(()) }).await;
        let path = url.path_and_query.as_str();
        let body = [("=Oslo&", OSLO), ("=Garbage&", "<html>"), ("latitude=59.9", SNOW), ("=Atlantis&", "{}")];
        let body = body.iter().find(|(part, _)| path.contains(part));
        body.map(|(_, body)| body.as_bytes().to_vec()).ok_or_else(|| HttpError::Status(url.authority.clone(), 500))
    }
}

/// Runs what needs no more than two turns.
fn run<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut cx = Context::from_waker(Waker::noop());
    for _ in 0..2 {
        if let Poll::Ready(output) = future.as_mut().poll(&mut cx) {
            return output;
        }
    }
    panic!("still waiting")
}

fn ask(answers_after: usize, locations: &[&str]) -> Result<serde_json::Value, String> {
    let http = Table { answers_after, sent: Cell::new(0) };
    let settings = Settings::read(|_| Ok::<_, ()>(None)).unwrap();
    let locations = locations.iter().map(|&l| l.to_owned()).collect();
    run(reports(&http, &settings, locations)).map(|entries| serde_json::to_value(entries).unwrap())
}

#[test]
fn a_report_has_the_readings_with_their_units_and_a_summary() {
    let expected = serde_json::json!([{ "location": "Oslo", "weather": {
        "name": "Oslo", "country": "Norway", "latitude": 59.9, "longitude": 10.7,
        "conditions": "light snow", "weatherCode": 71,
        "temperature": { "value": -4.5, "unit": "°C" },
        "humidity": { "value": 82.0, "unit": "%" },
        "windSpeed": { "value": 3.0, "unit": "km/h" },
        "summary": "Oslo, Norway: light snow, -4.5 °C, humidity 82 %, wind 3 km/h"
    } }]);
    assert_eq!(ask(0, &["Oslo"]), Ok(expected));
}

#[test]
fn every_place_is_asked_for_before_any_answer_is_there() {
    assert!(ask(5, &["Oslo"; 5]).is_ok());
}

#[test]
fn a_place_that_fails_does_not_take_the_others_with_it() {
    let entries = ask(0, &["Atlantis", "Oslo", "Broken"]).unwrap();
    assert_eq!(entries[0]["error"], "there is no place called `Atlantis`");
    assert_eq!(entries[1]["weather"]["name"], "Oslo");
    assert!(entries[2]["error"].as_str().unwrap().ends_with("failed: it answered with HTTP status 500"));
}

#[test]
fn where_all_fail_the_error_says_why_for_each() {
    let message = ask(0, &["Atlantis", "Garbage"]).unwrap_err();
    let lines: Vec<_> = message.lines().collect();
    assert_eq!(lines[0], "Atlantis: there is no place called `Atlantis`");
    assert!(lines[1].starts_with(
        "Garbage: the weather service at `geocoding-api.open-meteo.com` gave an answer that cannot be read: "
    ));
}
