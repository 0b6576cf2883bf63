//! The tools `get_weather` and `multi_weather`: from the name of a place to the weather there.

use guest::join_all;
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
    Nonsense(String, String),
}

/// What became of one of several places.
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
pub(crate) async fn report(http: &impl Http, settings: &Settings, location: &str) -> Result<Report, ReportError> {
    let url = open_meteo::geocoding_url(&settings.geocoding, location);
    let place = read(&url, open_meteo::read_geocoding(&http.get(&url).await?))?;
    let place = place.ok_or_else(|| ReportError::UnknownPlace(location.to_owned()))?;
    let url = open_meteo::forecast_url(&settings.forecast, &place);
    let current = read(&url, open_meteo::read_forecast(&http.get(&url).await?))?;
    Ok(Report::new(place, current))
}

/// Asks for several places at once, each at its own pace. One that fails does not take the others with it; if all do, the
/// error says why for each.
pub(crate) async fn reports(
    http: &impl Http,
    settings: &Settings,
    locations: Vec<String>,
) -> Result<Vec<Entry>, String> {
    let results = join_all(locations.iter().map(|location| report(http, settings, location))).await;
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

fn read<T>(url: &Url, answer: serde_json::Result<T>) -> Result<T, ReportError> {
    answer.map_err(|e| ReportError::Nonsense(url.authority.clone(), e.to_string()))
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
