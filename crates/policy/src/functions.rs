//! The built-in functions of Rego: which this build has, which no policy may call, and which regorus does not have at all.

use regorus::unstable::BUILTINS;

/// A family of functions that a build has or has not: a feature of this crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// `base64.*`, `base64url.*` and `hex.*`.
    Encoding,
    /// `glob.*`.
    Glob,
    /// `graph.*`.
    Graph,
    /// `json.patch`.
    JsonPatch,
    /// `regex.*`.
    Regex,
    /// `semver.*`.
    Semver,
    /// `time.*`, with the time zones of the world.
    Time,
    /// `urlquery.*`.
    UrlQuery,
}

impl Family {
    /// All of them, which `wasmcp serve` has.
    pub const ALL: [Self; 8] = [
        Self::Encoding,
        Self::Glob,
        Self::Graph,
        Self::JsonPatch,
        Self::Regex,
        Self::Semver,
        Self::Time,
        Self::UrlQuery,
    ];

    /// The feature of this crate that has it.
    #[must_use]
    pub const fn feature(self) -> &'static str {
        match self {
            Self::Encoding => "encoding",
            Self::Glob => "glob",
            Self::Graph => "graph",
            Self::JsonPatch => "json-patch",
            Self::Regex => "regex",
            Self::Semver => "semver",
            Self::Time => "time",
            Self::UrlQuery => "url-query",
        }
    }

    /// The family of a function; none for those that every build has.
    #[must_use]
    pub fn of(function: &str) -> Option<Self> {
        Some(match function.split_once('.')?.0 {
            "base64" | "base64url" | "hex" => Self::Encoding,
            "glob" => Self::Glob,
            "graph" => Self::Graph,
            "json" if function == "json.patch" => Self::JsonPatch,
            "regex" => Self::Regex,
            "semver" => Self::Semver,
            "time" => Self::Time,
            "urlquery" => Self::UrlQuery,
            _ => return None,
        })
    }
}

/// Functions that no policy may call, and why.
pub const REFUSED_FUNCTIONS: &[(&str, &str)] = &[
    ("time.now_ns", "a decision depends on its input alone; take `input.time`, which is in nanoseconds"),
    ("http.send", "a policy reaches no network; put what it needs into data.json"),
    ("opa.runtime", "a policy does not see its process; put what it needs into data.json"),
    ("rand.intn", "a decision depends on its input alone"),
    ("uuid.rfc4122", "a decision depends on its input alone"),
    ("trace", "no trace is kept; take `wasmcp policy eval`"),
    ("numbers.range", "its result can be larger than memory; compare with `<` instead"),
    ("numbers.range_step", "its result can be larger than memory; compare with `<` instead"),
    ("object.subset", "regorus 0.14.1 panics where the second array is empty; compare with `every` and `in`"),
    ("time.parse_ns", "regorus 0.14.1 panics for some layouts; take `time.parse_rfc3339_ns`"),
    ("strings.count", "regorus 0.14.1 panics where the second text is empty; take `count(split(x, y)) - 1`"),
    ("bits.lsh", "its result can be larger than memory; multiply instead"),
];

/// The functions of [`Family::Regex`], for a program that is built without them.
pub const REGEX_FUNCTIONS: &[&str] = &[
    "regex.find_all_string_submatch_n",
    "regex.find_n",
    "regex.is_valid",
    "regex.match",
    "regex.replace",
    "regex.split",
    "regex.template_match",
];

/// Functions of OPA that regorus has in no build, by their names or, with a dot at the end, by the start of them.
pub const MISSING_FUNCTIONS: &[&str] = &[
    "crypto.",
    "graphql.",
    "io.jwt.",
    "json.match_schema",
    "json.verify_schema",
    "net.",
    "providers.",
    "regex.globs_match",
    "rego.",
    "strings.render_template",
    "uuid.",
    "yaml.",
];

/// Whether this build has a function. `print` prints nothing.
pub(crate) fn is_built_in(name: &str) -> bool {
    name == "print" || BUILTINS.contains_key(name)
}

/// Why no policy may call a function.
pub(crate) fn refusal(name: &str) -> Option<&'static str> {
    REFUSED_FUNCTIONS.iter().find(|(refused, _)| *refused == name).map(|(_, reason)| *reason)
}

/// What to do about a function that is not there.
pub(crate) fn hint(name: &str) -> &'static str {
    let is_missing =
        |missing: &&str| if missing.ends_with('.') { name.starts_with(*missing) } else { name == *missing };
    if MISSING_FUNCTIONS.iter().any(is_missing) {
        "OPA has it, wasmcp has not; docs/policy.md lists the functions"
    } else if Family::of(name).is_some() {
        "this build has no function of that family, or it is misspelt; docs/policy.md lists the functions"
    } else {
        "it is misspelt, or its rule or import is missing"
    }
}
