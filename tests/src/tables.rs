//! The conversations that every shell has, and lattices too.

use crate::Setup;

/// The name of a table, and its text.
pub type Table = (&'static str, &'static str);

/// What is served, and the tables of what is said to it.
#[derive(Clone, Copy, Debug)]
pub struct Served {
    /// By the names of their files, in this order.
    pub providers: &'static [&'static str],
    /// Providers whose names have a prefix, each with its prefix.
    pub prefixes: &'static [(&'static str, &'static str)],
    /// What is said to them.
    pub tables: &'static [Table],
}

impl Served {
    /// How a shell serves it.
    pub fn setup(&self) -> Setup {
        self.prefixes.iter().fold(Setup::of(self.providers), |setup, (provider, prefix)| setup.prefix(provider, prefix))
    }
}

/// Everything that has tables.
pub const SERVED: [Served; 3] = [
    Served {
        providers: &["calculator", "weather"],
        prefixes: &[],
        tables: &[
            ("legacy", include_str!("../conversations/legacy.toml")),
            ("modern", include_str!("../conversations/modern.toml")),
            ("versions", include_str!("../conversations/versions.toml")),
            ("json", include_str!("../conversations/json.toml")),
            ("http", include_str!("../conversations/http.toml")),
            ("origins", include_str!("../conversations/origins.toml")),
            ("undeclared", include_str!("../conversations/undeclared.toml")),
        ],
    },
    Served {
        providers: &["everything"],
        prefixes: &[],
        tables: &[
            ("answers", include_str!("../conversations/answers.toml")),
            ("resources", include_str!("../conversations/resources.toml")),
            ("prompts", include_str!("../conversations/prompts.toml")),
            ("completion", include_str!("../conversations/completion.toml")),
        ],
    },
    Served {
        providers: &["everything", "library", "calculator"],
        prefixes: &[("library", "library.")],
        tables: &[("several", include_str!("../conversations/several.toml"))],
    },
];
