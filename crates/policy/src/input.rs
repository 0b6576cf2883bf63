//! What a policy is asked about, and the document that is made of it. docs/policy.md shows the documents; policies/input.schema.json is
//! their schema.

use regorus::Value;

use crate::document::{Document, MAX_VALUES, check, object, parse, texts};
use crate::error::InputError;
use crate::identity::Identity;
use crate::request::Request;

/// The version of the document.
pub(crate) const VERSION: u32 = 1;

/// Everything that a decision is about.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// Whether something is to run, or a list is to show an item.
    pub phase: Phase,
    /// The method. In the phase `list` it is the method that would run on the item: `tools/call`, `resources/read` or `prompts/get`.
    pub method: &'a str,
    /// The path of the endpoint, for example `/mcp`.
    pub path: &'a str,
    /// The view that the path names.
    pub view: Option<&'a str>,
    /// The server. None where its providers have not said yet what it is.
    pub server: Option<Server<'a>>,
    /// What will run, or is to be shown.
    pub item: Item<'a>,
    /// The provider that owns the item, where it is known.
    pub provider: Option<&'a str>,
    /// The verified caller; none on a server that asks for no authorization.
    pub identity: Option<&'a Identity>,
    /// The request.
    pub request: &'a Request,
    /// Nanoseconds since 1970-01-01T00:00:00Z.
    pub time_ns: u64,
}

/// Why a policy is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// A list is to show an item.
    List,
    /// Something is to run.
    Call,
}

/// The server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Server<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its version.
    pub version: &'a str,
}

/// What will run, or is to be shown.
#[derive(Clone, Copy, Debug)]
pub enum Item<'a> {
    /// The method itself.
    Method,
    /// A tool.
    Tool {
        /// The name that clients use.
        name: &'a str,
        /// What the tool says of itself, where it is known.
        annotations: Option<Annotations>,
        /// The arguments as the provider will get them: a JSON object. They are not read in the phase `list`.
        arguments: &'a str,
    },
    /// A resource, or a template of resources.
    Resource {
        /// The URI, or the text of the template.
        uri: &'a str,
        /// Whether it is a template.
        template: bool,
    },
    /// A prompt.
    Prompt {
        /// The name that clients use.
        name: &'a str,
        /// The arguments. They are not read in the phase `list`.
        arguments: &'a [(String, String)],
    },
    /// Values for an argument of a prompt or of a template.
    Completion {
        /// What has the argument.
        reference: Reference<'a>,
        /// The name of the argument.
        argument: &'a str,
        /// The text so far.
        value: &'a str,
        /// The arguments that are filled in already.
        arguments: &'a [(String, String)],
    },
}

/// What a completion is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reference<'a> {
    /// The prompt of this name.
    Prompt(&'a str),
    /// The template of this text, or a URI.
    Resource(&'a str),
    /// A reference of a kind that the server does not know.
    Unknown,
}

/// What a tool says of itself (MCP, `ToolAnnotations`). None is what it does not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Annotations {
    /// It changes nothing.
    pub read_only: Option<bool>,
    /// It may destroy what is there.
    pub destructive: Option<bool>,
    /// Called again with the same arguments it has no further effect.
    pub idempotent: Option<bool>,
    /// It works on things outside the server.
    pub open_world: Option<bool>,
}

/// Those members of the document that a policy may leave unread, and that take time to make.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Members {
    pub(crate) server: bool,
    /// `tool`, `resource`, `prompt` and `completion`.
    pub(crate) item: bool,
    pub(crate) request: bool,
    pub(crate) arguments: bool,
}

impl Members {
    pub(crate) const ALL: Self = Self { arguments: true, ..Self::ALL_BUT_ARGUMENTS };
    pub(crate) const ALL_BUT_ARGUMENTS: Self = Self { server: true, item: true, request: true, arguments: false };

    /// Those that a reference reads, by its full path. One that names no member reads all.
    pub(crate) fn read_by(full: &str) -> Self {
        let mut names = full.split('.');
        match (names.next(), names.next()) {
            (Some("input"), None) => Self::ALL,
            (Some("input"), Some(member)) => Self {
                server: member == "server",
                item: matches!(member, "tool" | "resource" | "prompt" | "completion"),
                request: member == "request",
                arguments: member == "arguments",
            },
            _ => Self::default(),
        }
    }

    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            server: self.server || other.server,
            item: self.item || other.item,
            request: self.request || other.request,
            arguments: self.arguments || other.arguments,
        }
    }
}

impl Input<'_> {
    /// Makes the document.
    ///
    /// # Errors
    /// The arguments of a tool are no JSON object, or have a number that is too large, or arguments have more than
    /// [`MAX_VALUES`](crate::MAX_VALUES) values: the call must be refused.
    pub fn document(&self) -> Result<Document, InputError> {
        self.document_with(Members::ALL)
    }

    /// Makes the document without those members that are not among these. Arguments that are left out are checked all the same.
    ///
    /// # Errors
    /// As for [`Self::document`], but arguments that are left out may have any number of values.
    pub(crate) fn document_with(&self, members: Members) -> Result<Document, InputError> {
        let phase = match self.phase {
            Phase::List => "list",
            Phase::Call => "call",
        };
        let server = self
            .server
            .filter(|_| members.server)
            .map(|server| object([("name", Some(server.name.into())), ("version", Some(server.version.into()))]));
        let (item_member, item) = if members.item { self.item() } else { ("tool", None) };
        let completion = if members.item { self.completion() } else { None };
        Ok(Document(object([
            ("version", Some(VERSION.into())),
            ("phase", Some(phase.into())),
            ("method", Some(self.method.into())),
            ("path", Some(self.path.into())),
            ("view", self.view.map(Value::from)),
            ("server", server),
            (item_member, item),
            ("completion", completion),
            ("arguments", self.arguments(members)?),
            ("identity", self.identity.map(|identity| identity.0.clone())),
            ("request", members.request.then(|| self.request.0.clone())),
            ("time", Some(self.time_ns.into())),
        ])))
    }

    fn item(&self) -> (&'static str, Option<Value>) {
        let provider = self.provider.map(Value::from);
        let prompt = |name: &str| object([("name", Some(name.into())), ("provider", provider.clone())]);
        let resource = |uri: &str, template: bool| {
            object([("uri", Some(uri.into())), ("template", Some(template.into())), ("provider", provider.clone())])
        };
        match self.item {
            Item::Method | Item::Completion { reference: Reference::Unknown, .. } => ("tool", None),
            Item::Tool { name, annotations, .. } => {
                let annotations = annotations.map(|annotations| annotations.value());
                let tool = [("name", Some(name.into())), ("provider", provider.clone()), ("annotations", annotations)];
                ("tool", Some(object(tool)))
            }
            Item::Resource { uri, template } => ("resource", Some(resource(uri, template))),
            Item::Completion { reference: Reference::Resource(uri), .. } => ("resource", Some(resource(uri, true))),
            Item::Prompt { name, .. } | Item::Completion { reference: Reference::Prompt(name), .. } => {
                ("prompt", Some(prompt(name)))
            }
        }
    }

    fn completion(&self) -> Option<Value> {
        let Item::Completion { argument, value, .. } = self.item else { return None };
        Some(object([("argument", Some(argument.into())), ("value", Some(value.into()))]))
    }

    fn arguments(&self, members: Members) -> Result<Option<Value>, InputError> {
        if self.phase == Phase::List {
            return Ok(None);
        }
        match self.item {
            Item::Tool { arguments, .. } if members.arguments => return parse("arguments", arguments).map(Some),
            item => item.check_arguments(self.phase, members)?,
        }
        Ok(match self.item {
            Item::Prompt { arguments, .. } | Item::Completion { arguments, .. } if members.arguments => {
                Some(texts(arguments.iter().map(|(name, value)| (name.as_str(), value.as_str()))))
            }
            _ => None,
        })
    }
}

impl Item<'_> {
    /// Refuses arguments of which no document with these members can be made. How many values they have counts only where they are read.
    pub(crate) fn check_arguments(&self, phase: Phase, members: Members) -> Result<(), InputError> {
        let most = if members.arguments { MAX_VALUES } else { usize::MAX };
        match *self {
            _ if phase == Phase::List => Ok(()),
            Item::Tool { arguments, .. } => check("arguments", arguments, most),
            // The object that has them is a value too.
            Item::Prompt { arguments, .. } | Item::Completion { arguments, .. } if arguments.len() >= most => {
                Err(InputError::TooManyValues { part: "arguments" })
            }
            _ => Ok(()),
        }
    }
}

impl Annotations {
    fn value(self) -> Value {
        object([
            ("readOnlyHint", self.read_only.map(Value::from)),
            ("destructiveHint", self.destructive.map(Value::from)),
            ("idempotentHint", self.idempotent.map(Value::from)),
            ("openWorldHint", self.open_world.map(Value::from)),
        ])
    }
}
