//! The API of Open-Meteo: its URLs and its answers.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};

use crate::settings::Base;
use crate::upstream::Url;

/// A place as the geocoding answers it.
#[derive(Debug, Deserialize, PartialEq)]
pub(crate) struct Place {
    pub(crate) name: String,
    pub(crate) latitude: f64,
    pub(crate) longitude: f64,
    /// Some places, the seas for example, are in none.
    pub(crate) country: Option<String>,
}

/// The weather at a place now.
#[derive(Debug, PartialEq)]
pub(crate) struct Current {
    pub(crate) temperature: Reading,
    pub(crate) humidity: Reading,
    pub(crate) wind_speed: Reading,
    pub(crate) weather_code: u32,
}

#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Reading {
    pub(crate) value: f64,
    pub(crate) unit: String,
}

/// Asks for the best match of a name.
///
/// `percent-encoding` encodes the one free value here; the crate `url` would bring the tables of IDNA for that.
pub(crate) fn geocoding_url(base: &Base, name: &str) -> Url {
    let name = utf8_percent_encode(name, NON_ALPHANUMERIC);
    url(base, format!("/v1/search?name={name}&count=1&language=en&format=json"))
}

/// Asks for the weather at a place.
pub(crate) fn forecast_url(base: &Base, place: &Place) -> Url {
    let Place { latitude, longitude, .. } = place;
    let fields = "temperature_2m,relative_humidity_2m,wind_speed_10m,weather_code";
    url(base, format!("/v1/forecast?latitude={latitude}&longitude={longitude}&current={fields}"))
}

fn url(base: &Base, path_and_query: String) -> Url {
    let Base { https, authority, path } = base;
    Url { https: *https, authority: authority.clone(), path_and_query: format!("{path}{path_and_query}") }
}

/// The best match, if there is any.
pub(crate) fn read_geocoding(body: &[u8]) -> serde_json::Result<Option<Place>> {
    #[derive(Deserialize)]
    struct Answer {
        // Left out where nothing matches.
        #[serde(default)]
        results: Vec<Place>,
    }
    Ok(serde_json::from_slice::<Answer>(body)?.results.into_iter().next())
}

/// The weather and its units.
pub(crate) fn read_forecast(body: &[u8]) -> serde_json::Result<Current> {
    #[derive(Deserialize)]
    struct Answer {
        current: Fields<f64, u32>,
        current_units: Fields<String, serde::de::IgnoredAny>,
    }
    #[derive(Deserialize)]
    struct Fields<T, C> {
        temperature_2m: T,
        relative_humidity_2m: T,
        wind_speed_10m: T,
        weather_code: C,
    }
    let Answer { current, current_units: units } = serde_json::from_slice(body)?;
    Ok(Current {
        temperature: Reading { value: current.temperature_2m, unit: units.temperature_2m },
        humidity: Reading { value: current.relative_humidity_2m, unit: units.relative_humidity_2m },
        wind_speed: Reading { value: current.wind_speed_10m, unit: units.wind_speed_10m },
        weather_code: current.weather_code,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base() -> Base {
        Base { https: false, authority: "127.0.0.1:80".to_owned(), path: "/p".to_owned() }
    }

    #[test]
    fn a_name_cannot_leave_its_place_in_the_url() {
        for (name, encoded) in [
            ("Berlin", "Berlin"),
            ("São Paulo", "S%C3%A3o%20Paulo"),
            ("a&count=9#/../x?y+z%", "a%26count%3D9%23%2F%2E%2E%2Fx%3Fy%2Bz%25"),
        ] {
            let expected = format!("http://127.0.0.1:80/p/v1/search?name={encoded}&count=1&language=en&format=json");
            assert_eq!(geocoding_url(&base(), name).to_string(), expected);
        }
    }

    #[test]
    fn a_forecast_is_asked_for_by_coordinates() {
        let place = Place { name: String::new(), latitude: -23.5475, longitude: 10.0, country: None };
        assert_eq!(
            forecast_url(&base(), &place).to_string(),
            "http://127.0.0.1:80/p/v1/forecast?latitude=-23.5475&longitude=10\
             &current=temperature_2m,relative_humidity_2m,wind_speed_10m,weather_code"
        );
    }

    #[test]
    fn a_geocoding_answer_has_one_place_or_none() {
        let body = r#"{"results":[{"id":1,"name":"Oslo","latitude":59.9,"longitude":10.7,"country":"Norway"}],"x":1}"#;
        let oslo =
            Place { name: "Oslo".to_owned(), latitude: 59.9, longitude: 10.7, country: Some("Norway".to_owned()) };
        assert_eq!(read_geocoding(body.as_bytes()).unwrap(), Some(oslo));
        for none in [r#"{"generationtime_ms":0.5}"#, r#"{"results":[]}"#] {
            assert_eq!(read_geocoding(none.as_bytes()).unwrap(), None, "{none}");
        }
    }

    #[test]
    fn an_answer_of_another_shape_is_an_error_and_not_a_default() {
        for body in ["", "<html>", r#"{"results":[{"name":"Oslo"}]}"#, r#"{"results":null}"#] {
            assert!(read_geocoding(body.as_bytes()).is_err(), "{body}");
        }
        for body in ["{}", r#"{"current":{"temperature_2m":null},"current_units":{}}"#] {
            assert!(read_forecast(body.as_bytes()).is_err(), "{body}");
        }
    }
}
