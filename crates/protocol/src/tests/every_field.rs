//! Values of every record that a result can contain are written for every version, and every field is found on the wire of the
//! versions that have it, and nothing else is.
//!
//! Both the values and the expected JSON name every field of a record (`crates/test-records`), so that neither compiles when the
//! contract gets another one. `crates/server/tests/every_field` sends them through a provider and the whole server.

use serde_json::Value;
use test_records::{Peers, Random, Sample, expected, implementation};

use super::{server_info, written};
use crate::{JsonBuffer, Version, completion, lifecycle, notifications, prompts, resources, result, tools};

const SEEDS: u32 = 300;

/// Compares the written JSON with the expected one, for values from each seed and for each version.
fn check<T: Sample + std::fmt::Debug>(
    write: impl Fn(&mut JsonBuffer, &T, Version) -> Result<(), crate::EncodeError>,
    expected: impl Fn(&T, &Peers<'_>) -> Value,
) {
    for seed in 0..SEEDS {
        let value = T::sample(&mut Random::new(seed));
        for version in Version::ALL {
            let json = written(|out| write(out, &value, version));
            let got: Value = serde_json::from_str(&json).unwrap();
            let peers = Peers { version: version.as_str(), server: &implementation("calc") };
            assert_eq!(got, expected(&value, &peers), "seed {seed}, version {version}, of {value:?}");
        }
    }
}

#[test]
fn every_field_of_a_page_of_tools_is_on_the_wire() {
    check(|out, page, version| tools::list_result(out, page, version, Some(&server_info())), expected::tool_page);
}

#[test]
fn every_field_of_the_output_of_a_tool_is_on_the_wire() {
    check(|out, output, version| tools::call_result(out, output, version, Some(&server_info())), expected::tool_output);
}

#[test]
fn every_field_of_a_page_of_resources_is_on_the_wire() {
    check(
        |out, page, version| resources::list_result(out, page, version, Some(&server_info())),
        expected::resource_page,
    );
}

#[test]
fn every_field_of_a_page_of_resource_templates_is_on_the_wire() {
    check(
        |out, page, version| resources::list_templates_result(out, page, version, Some(&server_info())),
        expected::template_page,
    );
}

#[test]
fn every_field_of_a_resource_that_is_read_is_on_the_wire() {
    check(
        |out, output, version| resources::read_result(out, output, version, Some(&server_info())),
        expected::resource_output,
    );
}

#[test]
fn every_field_of_a_page_of_prompts_is_on_the_wire() {
    check(|out, page, version| prompts::list_result(out, page, version, Some(&server_info())), expected::prompt_page);
}

#[test]
fn every_field_of_a_prompt_that_is_filled_in_is_on_the_wire() {
    check(
        |out, output, version| prompts::get_result(out, output, version, Some(&server_info())),
        expected::prompt_output,
    );
}

#[test]
fn every_field_of_suggested_values_is_on_the_wire() {
    check(
        |out, values, version| completion::complete_result(out, values, version, Some(&server_info())),
        expected::completion_values,
    );
}

#[test]
fn every_field_of_the_description_of_a_provider_is_on_the_wire() {
    check(
        |out, info, version| match version.is_modern() {
            true => lifecycle::discover_result(out, info, &[Version::MODERN], &server_info()),
            false => lifecycle::initialize_result(out, info, version),
        },
        expected::provider_info,
    );
}

#[test]
fn every_field_of_a_notification_is_on_the_wire() {
    let token = serde_json::value::to_raw_value("token").unwrap();
    check(
        |out, progress, _| notifications::progress(out, &token, progress),
        |progress, _| expected::progress("token", progress),
    );
    check(|out, message, _| notifications::log(out, message), |message, _| expected::log_message(message));
}

#[test]
fn every_member_of_a_result_without_a_case_is_on_the_wire() {
    for seed in 0..SEEDS {
        let json = test_records::unnamed_result(&mut Random::new(seed));
        let got = written(|out| result::unnamed(out, &json, None, Version::MODERN, Some(&server_info())));
        let got: Value = serde_json::from_str(&got).unwrap();
        let peers = Peers { version: test_records::MODERN, server: &implementation("calc") };
        assert_eq!(got, expected::unnamed_result(&json, &peers), "seed {seed}: {json}");
    }
}
