//! The files of a bundle: which count, their order, and the data of them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use regorus::Value;
use settings::SettingError;

use crate::error::Problem;
use crate::json;
use crate::place::Place;

/// How many bytes the files of a bundle may have together.
pub const MAX_BUNDLE: usize = 16 * 1024 * 1024;

/// A file of a bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct File<'a> {
    /// Its path inside the bundle, with `/` between the levels.
    pub path: &'a str,
    /// Its text.
    pub text: &'a str,
}

impl File<'_> {
    /// Whether it is a policy.
    pub(crate) fn is_policy(&self) -> bool {
        self.path.ends_with(".rego")
    }

    /// Whether it has tests alone, by the naming that OPA's tools use.
    pub(crate) fn is_test(&self) -> bool {
        self.path.ends_with("_test.rego")
    }

    fn is_data(&self) -> bool {
        self.path == "data.json" || self.path.ends_with("/data.json")
    }
}

/// The files as one text, which [`Bundle::from_text`](crate::Bundle::from_text) reads: a JSON object of texts by paths. Tests are left out.
#[must_use]
pub fn bundle_text(files: &[File<'_>]) -> String {
    let files = files.iter().filter(|file| !file.is_test());
    let members: serde_json::Map<_, _> = files.map(|file| (file.path.to_owned(), file.text.into())).collect();
    serde_json::Value::Object(members).to_string()
}

/// The files of the settings `policy.rego` and `policy.data`; none where there is no policy.
///
/// # Errors
/// There is data without a policy.
pub fn settings_files(settings: &settings::Policy) -> Result<Vec<File<'_>>, SettingError> {
    let file = |path, text| File { path, text };
    let policy = settings.rego.as_deref().map(|text| file("policy.rego", text));
    match (policy, settings.data.as_deref().map(|text| file("data.json", text))) {
        (None, Some(_)) => {
            Err(SettingError::Missing { key: "policy.rego", expected: "the policy that `policy.data` is for" })
        }
        (policy, data) => Ok(policy.into_iter().chain(data).collect()),
    }
}

/// The files of such a text.
pub(crate) fn from_text(text: &str) -> Result<BTreeMap<Cow<'_, str>, Cow<'_, str>>, Problem> {
    serde_json::from_str(text).map_err(|error| Problem::Data {
        place: Place::start_of("policy"),
        message: format!("it is not the text of a bundle: {error}"),
    })
}

/// The files in the order of their paths. Files that a bundle cannot have are problems.
pub(crate) fn sorted<'a>(files: &[File<'a>]) -> Result<Vec<File<'a>>, Vec<Problem>> {
    let mut sorted = files.to_vec();
    sorted.sort_by_key(|file| file.path);
    let mut size = 0_usize;
    let mut problems = Vec::new();
    for file in &sorted {
        size = size.saturating_add(file.text.len());
        if size > MAX_BUNDLE {
            problems.push(Problem::TooLarge { path: file.path.to_owned(), limit: MAX_BUNDLE });
            break;
        }
        if !file.is_policy() && !file.is_data() {
            problems.push(Problem::UnknownFile { path: file.path.to_owned() });
        }
    }
    if problems.is_empty() && !sorted.iter().any(|file| file.is_policy() && !file.is_test()) {
        problems.push(Problem::NoPolicy);
    }
    if problems.is_empty() { Ok(sorted) } else { Err(problems) }
}

/// The data of a file, below the members that are named after its folders, as OPA places it.
pub(crate) fn data(file: &File<'_>) -> Result<Option<Value>, Problem> {
    if !file.is_data() {
        return Ok(None);
    }
    let problem = |line, column, message: String| Problem::Data {
        place: Place { path: file.path.to_owned(), line, column },
        message,
    };
    let mut value = json::read_all(file.text).map_err(|error| {
        let text = error.to_string();
        let message = text.rsplit_once(" at line ").map_or(text.as_str(), |(message, _)| message).to_owned();
        problem(u32::try_from(error.line()).unwrap_or(1), u32::try_from(error.column()).unwrap_or(1), message)
    })?;
    if value.as_object().is_err() {
        return Err(problem(1, 1, "the data must be an object".to_owned()));
    }
    for folder in file.path.rsplit('/').skip(1) {
        let mut parent = Value::new_object();
        if let Ok(members) = parent.as_object_mut() {
            members.insert(Value::from(folder), value);
        }
        value = parent;
    }
    Ok(Some(value))
}
