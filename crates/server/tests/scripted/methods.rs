//! The methods that the server serves, with parameters for each.

/// The methods of a capability, with parameters that name the item NAME where there is one.
pub(crate) const METHODS: &[(&str, &str)] = &[
    ("tools/list", ""),
    ("tools/call", r#""name":"NAME","arguments":{"region":"eu"}"#),
    ("resources/list", ""),
    ("resources/templates/list", ""),
    ("resources/read", r#""uri":"test:/NAME""#),
    ("prompts/list", ""),
    ("prompts/get", r#""name":"NAME""#),
    ("completion/complete", r#""ref":{"type":"ref/prompt","name":"NAME"},"argument":{"name":"a","value":"v"}"#),
    (
        "completion/complete",
        r#""ref":{"type":"ref/resource","uri":"test:/NAME/{a}"},"argument":{"name":"a","value":"v"}"#,
    ),
];
/// The methods about the server, each with a version that has it.
pub(crate) const LIFECYCLE: &[(&str, &str, &str)] = &[
    ("2026-07-28", "server/discover", ""),
    ("2025-11-25", "ping", ""),
    (
        "2025-11-25",
        "initialize",
        r#""protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"c","version":"1"}"#,
    ),
];
/// Parameters that cannot be decoded, for each method of a capability.
pub(crate) const UNDECODABLE: &[(&str, &str)] = &[
    ("tools/list", r#""cursor":1"#),
    ("tools/call", r#""name":"shown","arguments":[]"#),
    ("tools/call", r#""name":"shown","requestState":"x""#),
    ("resources/list", r#""cursor":{}"#),
    ("resources/templates/list", r#""cursor":[]"#),
    ("resources/read", r#""uri":"test:/shown","inputResponses":{}"#),
    ("prompts/list", r#""cursor":1"#),
    ("prompts/get", r#""name":"shown","arguments":{"a":1}"#),
    ("completion/complete", r#""ref":{"type":"ref/prompt"},"argument":{"name":"a","value":"v"}"#),
];
pub(crate) const VERSIONS: [&str; 3] = ["2026-07-28", "2025-11-25", "2025-06-18"];
