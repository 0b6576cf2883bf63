//! Access tokens that are for another server, another time, or no caller that can be named.

use auth::TokenError::*;
use serde_json::{Value, json};

use super::{Refused, bad};
use crate::Issuer;

pub(super) fn issuer_and_audience(issuer: &Issuer) -> Vec<Refused> {
    let plain = issuer.token();
    let from = |name: String| plain.clone().claim("iss", name);
    let for_ = |audience: Value| plain.clone().claim("aud", audience);
    let (iss, aud) = (&issuer.issuer, &issuer.audience);
    let (origin, _) = aud.rsplit_once('/').unwrap();
    let after_scheme = aud.split_once("://").unwrap().1;
    vec![
        ("no issuer", plain.clone().without("iss"), NoIssuer).into(),
        ("an issuer that is null", plain.clone().claim("iss", Value::Null), NoIssuer).into(),
        ("an issuer that is a number", plain.clone().claim("iss", 1), bad("iss")).into(),
        ("an issuer that is a list with the right one", plain.clone().claim("iss", json!([iss])), bad("iss")).into(),
        ("another issuer", from("https://other.example".to_owned()), UntrustedIssuer).into(),
        ("an empty issuer", from(String::new()), UntrustedIssuer).into(),
        ("the issuer with a slash after it", from(format!("{iss}/")), UntrustedIssuer).into(),
        ("the issuer in capital letters", from(iss.to_uppercase()), UntrustedIssuer).into(),
        ("the issuer with a query", from(format!("{iss}?a=b")), UntrustedIssuer).into(),
        ("the issuer with a fragment", from(format!("{iss}#a")), UntrustedIssuer).into(),
        ("the issuer with more after it", from(format!("{iss}.attacker.example")), UntrustedIssuer).into(),
        ("the issuer with a space before it", from(format!(" {iss}")), UntrustedIssuer).into(),
        ("the issuer with a percent sign escape", from(iss.replacen('t', "%74", 1)), UntrustedIssuer).into(),
        ("no audience", plain.clone().without("aud"), NoAudience).into(),
        ("an audience that is null", for_(Value::Null), NoAudience).into(),
        ("an empty list of audiences", for_(json!([])), NoAudience).into(),
        ("another audience", for_(json!("https://other.example/mcp")), Audience).into(),
        (
            "several audiences, none of them this server",
            for_(json!(["https://other.example/mcp", "account"])),
            Audience,
        )
            .into(),
        ("an empty audience", for_(json!("")), Audience).into(),
        ("the audience of the issuer itself", for_(json!(iss)), Audience).into(),
        ("an audience that is a number", for_(json!(1)), bad("aud")).into(),
        ("an audience that is an object", for_(json!({"url": aud})), bad("aud")).into(),
        ("audiences of which one is a number", for_(json!([aud, 1])), bad("aud")).into(),
        ("audiences of which one is null", for_(json!([aud, null])), bad("aud")).into(),
        ("the audience with a slash after its path", for_(json!(format!("{aud}/"))), Audience).into(),
        ("the audience with more path", for_(json!(format!("{aud}/admin"))), Audience).into(),
        ("the audience with a longer path", for_(json!(format!("{aud}2"))), Audience).into(),
        ("the audience without its path", for_(json!(origin)), Audience).into(),
        ("the audience with its path in capital letters", for_(json!(format!("{origin}/MCP"))), Audience).into(),
        ("the audience with a query", for_(json!(format!("{aud}?a=b"))), Audience).into(),
        ("the audience with a fragment", for_(json!(format!("{aud}#a"))), Audience).into(),
        ("the audience with dots in its path", for_(json!(format!("{origin}/x/../mcp"))), Audience).into(),
        ("the audience with an escape in its path", for_(json!(format!("{origin}/%6dcp"))), Audience).into(),
        ("the audience with a user", for_(json!(aud.replacen("://", "://user@", 1))), Audience).into(),
        ("the audience with another scheme", for_(json!(format!("ftp://{after_scheme}"))), Audience).into(),
        ("the audience without a scheme", for_(json!(after_scheme)), Audience).into(),
        ("the audience at a host before it", for_(json!(aud.replacen("://", "://a.", 1))), Audience).into(),
        ("the audience with another port", for_(json!(format!("{}:1/mcp", with_no_port(origin)))), Audience).into(),
        ("the audience with a space after it", for_(json!(format!("{aud} "))), Audience).into(),
        ("the audience in a text with others", for_(json!(format!("{aud} account"))), Audience).into(),
    ]
}

fn with_no_port(origin: &str) -> &str {
    match origin.rsplit_once(':') {
        Some((before, port)) if port.parse::<u16>().is_ok() => before,
        _ => origin,
    }
}

pub(super) fn times(issuer: &Issuer) -> Vec<Refused> {
    let plain = issuer.token();
    let now = issuer.now_s;
    let with = |claim: &str, value: Value| plain.clone().claim(claim, value);
    let to_the_second = |refused: Refused| Refused { to_the_second: true, ..refused };
    vec![
        ("no expiry", plain.clone().without("exp"), NoExpiry).into(),
        ("an expiry that is null", with("exp", Value::Null), NoExpiry).into(),
        ("an expiry of an hour ago", with("exp", json!(now - 3600)), Expired).into(),
        ("an expiry as long ago as clocks may differ", with("exp", json!(now - 60)), Expired).into(),
        ("an expiry in 1970", with("exp", json!(0)), Expired).into(),
        ("an expiry that is a text", with("exp", json!((now + 300).to_string())), bad("exp")).into(),
        ("an expiry that is true", with("exp", json!(true)), bad("exp")).into(),
        ("an expiry that is a list", with("exp", json!([now + 300])), bad("exp")).into(),
        ("a negative expiry", with("exp", json!(-1)), bad("exp")).into(),
        ("an expiry of 1e308", with("exp", json!(1e308)), bad("exp")).into(),
        ("an expiry in milliseconds", with("exp", json!((now + 300) * 1000)), bad("exp")).into(),
        (
            "an expiry beyond 64 bits",
            plain.clone().without("exp").with_claims_before(r#""exp":99999999999999999999"#),
            bad("exp"),
        )
            .into(),
        ("a start in an hour", with("nbf", json!(now + 3600)), NotYetValid).into(),
        to_the_second(
            ("a start one second later than clocks may differ", with("nbf", json!(now + 61)), NotYetValid).into(),
        ),
        ("a start that is a text", with("nbf", json!("0")), bad("nbf")).into(),
        ("a start of 1e308", with("nbf", json!(1e308)), bad("nbf")).into(),
        ("a negative start", with("nbf", json!(-1)), bad("nbf")).into(),
        ("a time of issue in an hour", with("iat", json!(now + 3600)), IssuedInFuture).into(),
        to_the_second(
            ("a time of issue one second later than clocks may differ", with("iat", json!(now + 61)), IssuedInFuture)
                .into(),
        ),
        ("a time of issue that is a text", with("iat", json!("0")), bad("iat")).into(),
        ("a time of issue of 1e308", with("iat", json!(1e308)), bad("iat")).into(),
    ]
}

pub(super) fn caller(issuer: &Issuer) -> Vec<Refused> {
    let plain = issuer.token();
    let with = |claim: &str, value: Value| plain.clone().claim(claim, value);
    let many = |count: usize| (0..count).map(|number| format!("s{number}")).collect::<Vec<_>>();
    let too_many = |claim: &str| TooManyValues { claim: claim.to_owned(), limit: 1000 };
    vec![
        ("no subject", plain.clone().without("sub"), NoSubject).into(),
        ("a subject that is null", with("sub", Value::Null), NoSubject).into(),
        ("an empty subject", with("sub", json!("")), bad("sub")).into(),
        ("a subject that is a number", with("sub", json!(1)), bad("sub")).into(),
        ("a subject that is a list", with("sub", json!(["user-1"])), bad("sub")).into(),
        ("a subject of 256 bytes", with("sub", json!("a".repeat(256))), bad("sub")).into(),
        ("a subject with a line break", with("sub", json!("user-1\nadmin")), bad("sub")).into(),
        ("a client that is a number", with("client_id", json!(1)), bad("client_id")).into(),
        ("an empty client", with("client_id", json!("")), bad("client_id")).into(),
        ("an `azp` that is a list", plain.clone().without("client_id").claim("azp", json!(["a"])), bad("azp")).into(),
        ("scopes that are a number", with("scope", json!(1)), bad("scope")).into(),
        ("scopes that are an object", with("scope", json!({"tools:read": true})), bad("scope")).into(),
        ("a scope with a quotation mark", with("scope", json!("a \"b")), bad("scope")).into(),
        ("a scope with a backslash", with("scope", json!("a\\b")), bad("scope")).into(),
        ("scopes between which there is a tab", with("scope", json!("a\tb")), bad("scope")).into(),
        ("a scope beyond ASCII", with("scope", json!("lectüre")), bad("scope")).into(),
        ("a list with a scope that has a space", with("scope", json!(["a b"])), bad("scope")).into(),
        ("a list with an empty scope", with("scope", json!([""])), bad("scope")).into(),
        ("a list of scopes with a number", with("scope", json!(["a", 1])), bad("scope")).into(),
        ("a list in `scp` with a number", plain.clone().without("scope").claim("scp", json!([1])), bad("scp")).into(),
        ("1,001 scopes", with("scope", json!(many(1001).join(" "))), too_many("scope")).into(),
        ("1,001 scopes in a list", with("scope", json!(many(1001))), too_many("scope")).into(),
        ("roles that are a number", with("roles", json!(1)), bad("roles")).into(),
        ("roles that are objects", with("roles", json!([{"name": "admin"}])), bad("roles")).into(),
        (
            "roles of a realm that are an object",
            with("realm_access", json!({"roles": {"admin": true}})),
            bad("realm_access.roles"),
        )
            .into(),
        ("1,001 roles", with("roles", json!(many(1001))), too_many("roles")).into(),
        ("groups that are a number", with("groups", json!(1)), bad("groups")).into(),
        (
            "groups of Entra ID that are too many for the token",
            with("_claim_names", json!({"groups": "src1"})),
            ClaimLeftOut("groups".to_owned()),
        )
            .into(),
        ("groups of Entra ID that are left out", with("hasgroups", json!(true)), ClaimLeftOut("groups".to_owned()))
            .into(),
    ]
}
