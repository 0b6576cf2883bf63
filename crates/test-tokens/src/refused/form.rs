//! Tokens that are no compact JWS of two JSON objects with one reading each.

use auth::TokenError::{self, *};
use auth::TokenPart::{Claims, Header, Signature};
use auth::{MAX_TOKEN, TokenPart};

use super::Refused;
use crate::{Issuer, encoded};

fn not_json(part: TokenPart, reason: &str) -> TokenError {
    NotJson { part, reason: reason.to_owned() }
}

pub(super) fn refused(issuer: &Issuer) -> Vec<Refused> {
    let plain = issuer.token();
    let token = plain.signed();
    let [header, claims, signature]: [&str; 3] = token.split('.').collect::<Vec<_>>().try_into().unwrap();
    let (header_json, claims_json) = plain.parts();
    let with_header = |text: &str| format!("{text}.{claims}.{signature}");
    let with_claims = |text: &str| format!("{header}.{text}.{signature}");
    let with_signature = |text: &str| format!("{header}.{claims}.{text}");
    // Spaces make the length of a text such that its last character has bits to spare.
    let spare_bits = |json: &str| {
        let mut json = json.to_owned();
        while json.len() % 3 != 1 {
            json.push(' ');
        }
        let mut text = encoded(json);
        text.pop();
        text + "B"
    };
    let deep = format!("\"deep\":{}{}", "[".repeat(1000), "]".repeat(1000));
    vec![
        ("an empty text", String::new(), NotCompact).into(),
        ("a text without dots", "opaque-token".to_owned(), NotCompact).into(),
        ("a token without a signature part", format!("{header}.{claims}"), NotCompact).into(),
        ("a token with a fourth part", format!("{token}.{signature}"), NotCompact).into(),
        ("an encrypted token, which has five parts", format!("{token}.{claims}.{signature}"), Encrypted).into(),
        ("a token with six parts", format!("{token}.{token}"), NotCompact).into(),
        ("dots alone", "..".to_owned(), not_json(Header, "EOF while parsing a value at line 1 column 0")).into(),
        (
            "a token of 17 KiB",
            plain.clone().claim("padding", "x".repeat(17 * 1024 * 3 / 4)),
            TooLarge { limit: MAX_TOKEN },
        )
            .into(),
        ("a header with padding", with_header(&format!("{header}=")), NotBase64Url(Header)).into(),
        ("claims with padding", with_claims(&format!("{claims}==")), NotBase64Url(Claims)).into(),
        ("a signature with padding", with_signature(&format!("{signature}==")), NotBase64Url(Signature)).into(),
        ("a header with spare bits set", with_header(&spare_bits(&header_json)), NotBase64Url(Header)).into(),
        ("claims with spare bits set", with_claims(&spare_bits(&claims_json)), NotBase64Url(Claims)).into(),
        (
            "a signature with spare bits set",
            with_signature(&format!("{}B", &signature[..signature.len() - 1])),
            NotBase64Url(Signature),
        )
            .into(),
        (
            "a signature in the alphabet of plain base64",
            with_signature(&format!("+/{}", &signature[2..])),
            NotBase64Url(Signature),
        )
            .into(),
        ("a signature of an impossible length", with_signature("AAAAA"), NotBase64Url(Signature)).into(),
        ("a space before the token", format!(" {token}"), NotBase64Url(Header)).into(),
        ("a space within the claims", with_claims(&format!("{} {}", &claims[..8], &claims[8..])), NotBase64Url(Claims))
            .into(),
        ("a line break after the token", format!("{token}\n"), NotBase64Url(Signature)).into(),
        ("a byte 0 after the claims", with_claims(&format!("{claims}\0")), NotBase64Url(Claims)).into(),
        ("a letter beyond ASCII in the header", with_header(&format!("é{header}")), NotBase64Url(Header)).into(),
        ("a percent-encoded signature", with_signature("%41%41"), NotBase64Url(Signature)).into(),
        ("a header that is not UTF-8", plain.with_header_text([0xff, 0xfe]), not_json(Header, "it is not UTF-8"))
            .into(),
        ("claims that are not UTF-8", plain.with_claims_text([b'"', 0xc3, b'"']), not_json(Claims, "it is not UTF-8"))
            .into(),
        (
            "a header that is cut",
            plain.with_header_text("{"),
            not_json(Header, "EOF while parsing an object at line 1 column 1"),
        )
            .into(),
        (
            "claims that are cut",
            plain.with_claims_text("{"),
            not_json(Claims, "EOF while parsing an object at line 1 column 1"),
        )
            .into(),
        ("an empty header", with_header(""), not_json(Header, "EOF while parsing a value at line 1 column 0")).into(),
        ("empty claims", plain.with_claims_text(""), not_json(Claims, "EOF while parsing a value at line 1 column 0"))
            .into(),
        (
            "claims after a byte order mark",
            plain.with_claims_text(format!("\u{feff}{claims_json}")),
            not_json(Claims, "expected value at line 1 column 1"),
        )
            .into(),
        (
            "claims with something after them",
            plain.with_claims_text("{}{}"),
            not_json(Claims, "trailing characters at line 1 column 3"),
        )
            .into(),
        (
            "claims with a byte 0 in a string",
            plain.with_claims_text("{\"sub\":\"a\0b\"}"),
            not_json(Claims, "control character (u0000-u001F) found while parsing a string at line 1 column 10"),
        )
            .into(),
        (
            "claims with half a surrogate pair",
            plain.with_claims_before(r#""x":"\ud800""#),
            not_json(Claims, "unexpected end of hex escape at line 1 column 13"),
        )
            .into(),
        (
            "claims with a number beyond a double",
            plain.with_claims_before(r#""x":1e400"#),
            not_json(Claims, "number out of range at line 1 column 10"),
        )
            .into(),
        (
            "claims with NaN",
            plain.with_claims_before(r#""x":NaN"#),
            not_json(Claims, "expected value at line 1 column 6"),
        )
            .into(),
        ("a header that is an array", plain.with_header_text(r#"["RS256"]"#), NotObject(Header)).into(),
        ("a header that is a string", plain.with_header_text(r#""RS256""#), NotObject(Header)).into(),
        ("claims that are an array", plain.with_claims_text(format!("[{claims_json}]")), NotObject(Claims)).into(),
        ("claims that are a string", plain.with_claims_text(r#""claims""#), NotObject(Claims)).into(),
        ("claims that are null", plain.with_claims_text("null"), NotObject(Claims)).into(),
        ("a header with `alg` twice", plain.with_header_before(r#""alg":"none""#), RepeatedMember(Header)).into(),
        (
            "a header with `kid` twice, once by an escape",
            plain.with_header_before(r#""k\u0069d":"p256""#),
            RepeatedMember(Header),
        )
            .into(),
        ("claims with `sub` twice", plain.with_claims_before(r#""sub":"admin""#), RepeatedMember(Claims)).into(),
        (
            "claims with `aud` twice, once by an escape",
            plain.with_claims_before(r#""\u0061ud":"https://other.example""#),
            RepeatedMember(Claims),
        )
            .into(),
        (
            "claims with an object inside that has a member twice",
            plain.with_claims_before(r#""realm_access":{"roles":[],"roles":["admin"]}"#),
            RepeatedMember(Claims),
        )
            .into(),
        ("claims that nest 1,000 levels deep", plain.with_claims_before(&deep), TooDeep(Claims)).into(),
        ("a header that nests 1,000 levels deep", plain.with_header_before(&deep), TooDeep(Header)).into(),
        (
            "a subject with U+0000 by an escape",
            plain.clone().without("sub").with_claims_before(r#""sub":"admin\u0000x""#),
            NulCharacter(Claims),
        )
            .into(),
        (
            "the name of a claim with U+0000 by an escape",
            plain.with_claims_before(r#""aud\u0000":"x""#),
            NulCharacter(Claims),
        )
            .into(),
        (
            "a `kid` with U+0000 by an escape",
            plain.clone().without_header("kid").with_header_before(r#""kid":"rsa\u0000""#),
            NulCharacter(Header),
        )
            .into(),
    ]
}
