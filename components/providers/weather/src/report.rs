//! The tools `get_weather` and `multi_weather`: from the name of a place to the weather there.

use serde::Serialize;

use crate::conditions;
use crate::open_meteo::{self, Current, Place, Reading};
use crate::settings::Settings;
use crate::upstream::{Http, HttpError, Url};

/// The weather at a place, as the output schema has it.
#[derive(Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Report {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    country: Option<String>,
    latitude: f64,
    longitude: f64,
    conditions: &'static str,
    weather_code: u32,
    temperature: Reading,
    humidity: Reading,
    wind_speed: Reading,
    /// All of it in a sentence.
    summary: String,
}

/// Why there is no report.
#[derive(Debug, PartialEq, thiserror::Error)]
pub(crate) enum ReportError {
    #[error("there is no place called `{0}`")]
    UnknownPlace(String),
    #[error(transparent)]
    Http(#[from] HttpError),
    #[error("the weather service at `{0}` gave an answer that cannot be read: {1}")]
    InvalidAnswer(String, String),
}

/// The outcome for one of several places.
#[derive(Debug, Serialize)]
pub(crate) struct Entry {
    location: String,
    #[serde(flatten)]
    outcome: Outcome,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
enum Outcome {
    Weather(Report),
    Error(String),
}

/// Asks for one place.
pub(crate) fn report(http: &impl Http, settings: &Settings, location: &str) -> Result<Report, ReportError> {
    let found = find_all(http, settings, &[location.to_owned()]).pop();
    found.unwrap_or_else(|| Err(ReportError::UnknownPlace(location.to_owned())))
}

/// Asks for several places at once. One that fails does not take the others with it; if all do, the error says why for each.
pub(crate) fn reports(http: &impl Http, settings: &Settings, locations: Vec<String>) -> Result<Vec<Entry>, String> {
    let results = find_all(http, settings, &locations);
    if results.iter().all(Result::is_err) {
        let lines = locations.iter().zip(results).filter_map(|(l, result)| Some(format!("{l}: {}", result.err()?)));
        return Err(lines.collect::<Vec<_>>().join("\n"));
    }
    let entry = |(location, result): (_, Result<_, ReportError>)| Entry {
        location,
        outcome: result.map_or_else(|e| Outcome::Error(e.to_string()), Outcome::Weather),
    };
    Ok(locations.into_iter().zip(results).map(entry).collect())
}

/// The report of each place, in their order. All are looked up at once, and then those that were found are asked for at once.
fn find_all(http: &impl Http, settings: &Settings, locations: &[String]) -> Vec<Result<Report, ReportError>> {
    let places = ask_all(
        http,
        locations.iter().map(Ok).collect(),
        |location| open_meteo::geocoding_url(&settings.geocoding, location),
        |location, url, body| {
            read(url, open_meteo::read_geocoding(body))?.ok_or_else(|| ReportError::UnknownPlace(location.clone()))
        },
    );
    ask_all(
        http,
        places,
        |place| open_meteo::forecast_url(&settings.forecast, place),
        |place, url, body| Ok(Report::new(place, read(url, open_meteo::read_forecast(body))?)),
    )
}

/// Asks for the URL of each item at once, and reads the answers. An item that has failed already is not asked for.
fn ask_all<T, U>(
    http: &impl Http,
    items: Vec<Result<T, ReportError>>,
    url: impl Fn(&T) -> Url,
    read: impl Fn(T, &Url, &[u8]) -> Result<U, ReportError>,
) -> Vec<Result<U, ReportError>> {
    let urls: Vec<_> = items.iter().flatten().map(url).collect();
    let mut answers = urls.iter().zip(http.get_all(&urls));
    let answer = |item| match item {
        Ok(item) => answers.next().map(|(url, body)| read(item, url, &body?)),
        Err(error) => Some(Err(error)),
    };
    items.into_iter().filter_map(answer).collect()
}

fn read<T>(url: &Url, answer: serde_json::Result<T>) -> Result<T, ReportError> {
    answer.map_err(|e| ReportError::InvalidAnswer(url.authority.clone(), e.to_string()))
}

impl Report {
    fn new(place: Place, current: Current) -> Self {
        let Place { name, latitude, longitude, country } = place;
        let Current { temperature, humidity, wind_speed, weather_code } = current;
        let conditions = conditions::in_words(weather_code);
        let whole_name = country.iter().fold(name.clone(), |name, country| format!("{name}, {country}"));
        let summary = format!("{whole_name}: {conditions}, {temperature}, humidity {humidity}, wind {wind_speed}");
        Self {
            name,
            country,
            latitude,
            longitude,
            conditions,
            weather_code,
            temperature,
            humidity,
            wind_speed,
            summary,
        }
    }
}

impl std::fmt::Display for Reading {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.value, self.unit)
    }
}

#[cfg(test)]
mod tests;
