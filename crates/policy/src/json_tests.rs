//! What is read of JSON, what is refused, and how many values count.

use super::*;

#[test]
fn what_is_read_is_what_other_readers_read_and_what_is_checked_is_what_is_read() {
    for text in [
        "{}",
        " \n{\"a\": 1}\t",
        r#"{"a":[null,true,false,-3,0.5,18446744073709551615,"b",{"":{}}]}"#,
        r#"{"a":1,"b":2,"a":[3]}"#,
        r#"{"$serde_json::private::Number":"1e9"}"#,
        r#"{"a":"\u0000\ud83d\ude00"}"#,
        &format!("{}{}", "[".repeat(127), "]".repeat(127)),
        &format!("{}{}", "[".repeat(129), "]".repeat(129)),
        "",
        "{",
        "{} {}",
        "[1,]",
        r#"{"a":1,}"#,
        r#"{"a":1e400}"#,
        r#"{"a":"\ud800"}"#,
        r#"{"\ud800":1}"#,
        "{1:1}",
        "nul",
        "\"\n\"",
    ] {
        let expected = serde_json::from_str::<serde_json::Value>(text).map_err(|_| ReadError::Invalid);
        let found = read(text, 1000);
        assert_eq!(check(text, 1000), found.clone().map(drop), "{text}");
        assert_eq!(read_all(text).is_ok(), found.is_ok(), "{text}");
        assert_eq!(found.map(|value| serde_json::to_value(value).expect("JSON")), expected, "{text}");
    }
}

#[test]
fn each_item_and_each_member_is_a_value() {
    for (text, values) in [
        ("1", 1),
        ("{}", 1),
        (r#"{"a":1}"#, 2),
        (r#"{"a":1,"a":2}"#, 3),
        ("[[],{}]", 3),
        (r#"{"a":["b",null,{"c":{}}]}"#, 6),
        (&format!("{:?}", "a long text".repeat(1000)), 1),
    ] {
        for (most, error) in [
            (usize::MAX, None),
            (values, None),
            (values - 1, Some(ReadError::TooManyValues)),
            (0, Some(ReadError::TooManyValues)),
        ] {
            assert_eq!(check(text, most).err(), error, "{text} {most}");
            assert_eq!(read(text, most).err(), error, "{text} {most}");
        }
    }
    assert_eq!(check("[1", 2), Err(ReadError::Invalid));
    assert_eq!(check("[1,1", 2), Err(ReadError::TooManyValues));
}

/// A number is what regorus makes of it in a policy, whatever comes before it.
#[test]
fn a_number_is_the_one_that_it_is_in_a_policy() {
    for number in [
        "0",
        "-0",
        "-1",
        "0.1",
        "1e3",
        "1.5e23",
        "1e-7",
        "9007199254740993.0",
        "0.30000000000000004",
        "18446744073709551615",
        "18446744073709551616",
        "-9223372036854775809",
        "12345678901234567890123",
        "-12345678901234567890123",
        "100000000000000000000000000000000000000000000000000000000000000000000000000000000000001",
        "2.5E+30",
        "0e0",
        "1e308",
    ] {
        let expected = Value::from_numeric_string(number).expect(number);
        for text in [
            number.to_owned(),
            format!(r#"{{"-1e5":["12345678901234567890124\"1e9", 1.5, -0.0, 3, 99999999999999999999],"n":{number}}}"#),
            format!(r#"[1e300,"\\",{{"n":{number}}}]"#),
        ] {
            let read = read(&text, 1000).expect(&text);
            let found = [&read["n"], &read[2]["n"], &read].into_iter().find(|value| matches!(value, Value::Number(_)));
            assert_eq!(found, Some(&expected), "{text}");
        }
    }
    // These would take minutes if the power of ten were made.
    for zero in ["0e2000000000", "-0.0e2000000000", "1e-2000000000"] {
        assert_eq!(read(zero, 1), Ok(Value::from(zero.parse::<f64>().expect(zero))), "{zero}");
    }
    let read = read("[12345678901234567890123, 12345678901234567890124, 12345678901234567890123]", 4).expect("numbers");
    assert!(read[0] == read[2] && read[0] != read[1]);
}
