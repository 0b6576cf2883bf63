//! Compares JSON with a pattern, in which placeholders such as `<any>` stand for values.

use anyhow::{Context, Result};
use serde_json::Value;

/// Parses a JSON text.
pub fn parse_json(text: &str) -> Result<Value> {
    serde_json::from_str(text).with_context(|| format!("`{text}` is not JSON"))
}

/// The places where a value differs from the expected pattern.
///
/// An object may have more members than expected; everything else must be equal, except for strings that stand for
/// other values: `<any>`, `<string>`, `<number>`, `<absent>` (of a member), and `<has TEXT>` (a string with TEXT in it).
pub fn differences(expected: &Value, actual: &Value) -> Vec<String> {
    let mut found = Vec::new();
    compare("$", expected, Some(actual), false, &mut found);
    found
}

/// The same where no object may have more members than expected, and a number is compared by its value: `71` and `71.0` are one number.
pub fn whole_differences(expected: &Value, actual: &Value) -> Vec<String> {
    let mut found = Vec::new();
    compare("$", expected, Some(actual), true, &mut found);
    found
}

fn compare(path: &str, expected: &Value, actual: Option<&Value>, whole: bool, found: &mut Vec<String>) {
    let absent = expected.as_str() == Some("<absent>");
    let Some(actual) = actual else {
        if !absent {
            found.push(format!("{path} is absent, not {expected}"));
        }
        return;
    };
    match (expected, actual) {
        (Value::Object(expected), Value::Object(actual)) => {
            for (name, value) in expected {
                compare(&format!("{path}.{name}"), value, actual.get(name), whole, found);
            }
            let unexpected = actual.keys().filter(|name| whole && !expected.contains_key(*name));
            found.extend(unexpected.map(|name| format!("{path}.{name} is not expected")));
        }
        (Value::Array(expected), Value::Array(actual)) if expected.len() == actual.len() => {
            for (index, (expected, actual)) in expected.iter().zip(actual).enumerate() {
                compare(&format!("{path}[{index}]"), expected, Some(actual), whole, found);
            }
        }
        (Value::String(pattern), _) if stands_for(pattern, actual) => {}
        (Value::Number(expected), Value::Number(actual)) if whole && expected.as_f64() == actual.as_f64() => {}
        _ if expected == actual => {}
        _ => found.push(format!("{path} is {actual}, not {expected}")),
    }
}

fn stands_for(pattern: &str, actual: &Value) -> bool {
    let has = pattern.strip_prefix("<has ").and_then(|rest| rest.strip_suffix('>'));
    match (pattern, actual) {
        ("<any>", _) | ("<string>", Value::String(_)) | ("<number>", Value::Number(_)) => true,
        (_, Value::String(text)) => has.is_some_and(|part| text.contains(part)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_finds_the_first_difference() {
        let cases = [
            (r#"{"a":1}"#, r#"{"a":1,"b":2}"#, None),
            (r#"{"a":"<any>"}"#, r#"{"a":null}"#, None),
            (r#"{"a":"<has ell>"}"#, r#"{"a":"hello"}"#, None),
            (r#"{"a":"<absent>"}"#, r#"{"b":1}"#, None),
            (r#"{"a":"<any>"}"#, r#"{"b":1}"#, Some(r#"$.a is absent, not "<any>""#)),
            (r#"{"a":"<absent>"}"#, r#"{"a":1}"#, Some(r#"$.a is 1, not "<absent>""#)),
            (r#"[{"a":1}]"#, r#"[{"a":2}]"#, Some("$[0].a is 2, not 1")),
            ("[1]", "[1,2]", Some("$ is [1,2], not [1]")),
            (r#""<has x>""#, r#""hello""#, Some(r#"$ is "hello", not "<has x>""#)),
        ];
        for (expected, actual, difference) in cases {
            let found = differences(&parse_json(expected).unwrap(), &parse_json(actual).unwrap());
            assert_eq!(found.first().map(String::as_str), difference, "{expected} against {actual}");
        }
    }

    #[test]
    fn a_whole_value_has_no_other_members_and_its_numbers_may_be_written_in_another_way() {
        let cases = [
            (r#"{"a":[{"b":71}]}"#, r#"{"a":[{"b":71.0}]}"#, None),
            (r#"{"a":"<has x>"}"#, r#"{"a":"xyz"}"#, None),
            (r#"{"a":71}"#, r#"{"a":71.5}"#, Some("$.a is 71.5, not 71")),
            (r#"{"a":71}"#, r#"{"a":"71"}"#, Some(r#"$.a is "71", not 71"#)),
            (r#"[{"a":1}]"#, r#"[{"a":1,"b":null}]"#, Some("$[0].b is not expected")),
        ];
        for (expected, actual, difference) in cases {
            let found = whole_differences(&parse_json(expected).unwrap(), &parse_json(actual).unwrap());
            assert_eq!(found.first().map(String::as_str), difference, "{expected} against {actual}");
        }
    }
}
