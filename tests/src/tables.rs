//! The conversations that every shell has, and lattices too.

/// The name of a table, and its text.
pub type Table = (&'static str, &'static str);

/// What is served, and the tables of what is said to it.
pub const SERVED: [(&[&str], &[Table]); 2] = [
    (
        &["calculator", "weather"],
        &[
            ("legacy", include_str!("../conversations/legacy.toml")),
            ("modern", include_str!("../conversations/modern.toml")),
            ("ladder", include_str!("../conversations/ladder.toml")),
            ("json", include_str!("../conversations/json.toml")),
            ("http", include_str!("../conversations/http.toml")),
            ("origins", include_str!("../conversations/origins.toml")),
        ],
    ),
    (&["specimen"], &[("answers", include_str!("../conversations/answers.toml"))]),
];
