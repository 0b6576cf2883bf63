//! The path from a name to its weather, with answers from a table.

use std::cell::RefCell;

use super::*;

const OSLO: &str = r#"{"results":[{"name":"Oslo","latitude":59.9,"longitude":10.7,"country":"Norway"}]}"#;
const SNOW: &str = r#"{"current_units":{"temperature_2m":"°C","relative_humidity_2m":"%","wind_speed_10m":"km/h",
    "weather_code":"wmo code"},"current":{"temperature_2m":-4.5,"relative_humidity_2m":82,"wind_speed_10m":3.0,
    "weather_code":71}}"#;

/// Answers from a table, and counts the URLs that are requested at once.
#[derive(Default)]
struct Table {
    rounds: RefCell<Vec<usize>>,
}

impl Http for Table {
    fn get_all(&self, urls: &[Url]) -> Vec<Result<Vec<u8>, HttpError>> {
        self.rounds.borrow_mut().push(urls.len());
        urls.iter().map(answer).collect()
    }
}

fn answer(url: &Url) -> Result<Vec<u8>, HttpError> {
    let body = [("=Oslo&", OSLO), ("=Garbage&", "<html>"), ("latitude=59.9", SNOW), ("=Atlantis&", "{}")];
    let body = body.iter().find(|(part, _)| url.path_and_query.contains(part));
    body.map(|(_, body)| body.as_bytes().to_vec()).ok_or_else(|| HttpError::Status(url.authority.clone(), 500))
}

fn ask(locations: &[&str]) -> Result<serde_json::Value, String> {
    ask_table(&Table::default(), locations)
}

fn ask_table(http: &Table, locations: &[&str]) -> Result<serde_json::Value, String> {
    let settings = Settings::read(|_| Ok::<_, ()>(None)).unwrap();
    let locations = locations.iter().map(|&l| l.to_owned()).collect();
    reports(http, &settings, locations).map(|entries| serde_json::to_value(entries).unwrap())
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
    assert_eq!(ask(&["Oslo"]), Ok(expected));
}

#[test]
fn all_places_are_asked_for_at_once_and_again_only_those_that_were_found() {
    let http = Table::default();
    assert!(ask_table(&http, &["Oslo", "Atlantis", "Oslo", "Broken", "Oslo"]).is_ok());
    assert_eq!(*http.rounds.borrow(), [5, 3]);
}

#[test]
fn a_place_that_fails_does_not_take_the_others_with_it() {
    let entries = ask(&["Atlantis", "Oslo", "Broken"]).unwrap();
    assert_eq!(entries[0]["error"], "there is no place called `Atlantis`");
    assert_eq!(entries[1]["weather"]["name"], "Oslo");
    assert!(entries[2]["error"].as_str().unwrap().ends_with("failed: it answered with HTTP status 500"));
}

#[test]
fn where_all_fail_the_error_says_why_for_each() {
    let message = ask(&["Atlantis", "Garbage"]).unwrap_err();
    let lines: Vec<_> = message.lines().collect();
    assert_eq!(lines[0], "Atlantis: there is no place called `Atlantis`");
    assert!(lines[1].starts_with(
        "Garbage: the weather service at `geocoding-api.open-meteo.com` gave an answer that cannot be read: "
    ));
}
