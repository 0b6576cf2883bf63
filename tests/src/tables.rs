//! The tables of conversations that run on every shell and on lattices.

use crate::Setup;

/// The name of a table, and its text.
pub type Table = (&'static str, &'static str);

/// Providers that one server serves, and the tables of conversations with it.
#[derive(Clone, Copy, Debug)]
pub struct Conversations {
    /// The names of the providers' files, in the order in which they are served.
    pub providers: &'static [&'static str],
    /// Providers whose names have a prefix, each with its prefix.
    pub prefixes: &'static [(&'static str, &'static str)],
    /// The conversations with these providers.
    pub tables: &'static [Table],
}

impl Conversations {
    /// The setup of a shell that serves these providers.
    pub fn setup(&self) -> Setup {
        self.prefixes.iter().fold(Setup::of(self.providers), |setup, (provider, prefix)| setup.prefix(provider, prefix))
    }
}

/// All conversations.
pub const CONVERSATIONS: [Conversations; 3] = [
    Conversations {
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
    Conversations {
        providers: &["everything"],
        prefixes: &[],
        tables: &[
            ("answers", include_str!("../conversations/answers.toml")),
            ("resources", include_str!("../conversations/resources.toml")),
            ("prompts", include_str!("../conversations/prompts.toml")),
            ("completion", include_str!("../conversations/completion.toml")),
        ],
    },
    Conversations {
        providers: &["everything", "library", "calculator"],
        prefixes: &[("library", "library.")],
        tables: &[("several", include_str!("../conversations/several.toml"))],
    },
];
