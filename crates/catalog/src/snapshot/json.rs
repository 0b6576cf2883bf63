//! The records that a snapshot stores, as JSON.
//!
//! The records of the contract are generated and have no `serde`. The forms here name every field of a record, so that
//! one that is added to the contract fails to compile until it is stored. Texts that are JSON themselves (schemas,
//! `extra`) are stored as strings: so they come back byte for byte, also where a provider broke the contract.

use std::io::{self, Write};

use contract::model::{
    Annotations, CacheHint, CacheScope, Icon, IconTheme, Implementation, Offers, Prompt, PromptArgument, ProviderInfo,
    ResourceInfo, ResourceTemplate, Role, TaskSupport, Tool, ToolAnnotations,
};
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A value that has a form in JSON.
pub(crate) trait Stored: Sized {
    /// The form.
    type Json: Form;

    fn into_json(self) -> Self::Json;
    fn from_json(json: Self::Json) -> Self;
}

/// The form of a value in JSON.
pub(crate) trait Form: Serialize + DeserializeOwned {
    /// Whether the member is left out of its object.
    fn is_absent(&self) -> bool {
        false
    }
}

/// How many bytes a value has as JSON, about as clients get it: texts that are JSON themselves count with their escapes.
pub(crate) fn size_as_json<T: Stored + Clone>(value: &T) -> usize {
    let mut size = Size(0);
    // A size is never too large to be counted, and each form can be written.
    let _ = serde_json::to_writer(&mut size, &value.clone().into_json());
    size.0
}

/// Counts what is written.
struct Size(usize);

impl Write for Size {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.saturating_add(bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn is_absent(form: &impl Form) -> bool {
    form.is_absent()
}

macro_rules! stored_as_it_is {
    ($($type:ty),*) => { $(
        impl Form for $type {}
        impl Stored for $type {
            type Json = Self;

            fn into_json(self) -> Self {
                self
            }

            fn from_json(json: Self) -> Self {
                json
            }
        }
    )* };
}

stored_as_it_is!(bool, u32, String, (String, String));

impl<T: Form> Form for Option<T> {
    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

impl<T: Stored> Stored for Option<T> {
    type Json = Option<T::Json>;

    fn into_json(self) -> Self::Json {
        self.map(T::into_json)
    }

    fn from_json(json: Self::Json) -> Self {
        json.map(T::from_json)
    }
}

impl<T: Form> Form for Vec<T> {}

impl<T: Stored> Stored for Vec<T> {
    type Json = Vec<T::Json>;

    fn into_json(self) -> Self::Json {
        self.into_iter().map(T::into_json).collect()
    }

    fn from_json(json: Self::Json) -> Self {
        json.into_iter().map(T::from_json).collect()
    }
}

/// A number as the decimal text that reads as exactly this number: `serde_json` may read a JSON number as one beside it.
pub(crate) struct Number(f64);

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map(Self).map_err(D::Error::custom)
    }
}

impl Form for Number {}

impl Stored for f64 {
    type Json = Number;

    fn into_json(self) -> Number {
        Number(self)
    }

    fn from_json(json: Number) -> Self {
        json.0
    }
}

/// The names of the flags that are set.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct OfferNames(Vec<Offer>);

macro_rules! offers {
    ($($name:ident = $flag:ident),* $(,)?) => {
        #[derive(Clone, Copy, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        enum Offer { $($name),* }

        impl Stored for Offers {
            type Json = OfferNames;

            fn into_json(self) -> OfferNames {
                let all = [$((Offer::$name, Offers::$flag)),*];
                OfferNames(all.into_iter().filter(|(_, flag)| self.contains(*flag)).map(|(name, _)| name).collect())
            }

            fn from_json(json: OfferNames) -> Self {
                let flag = |name| match name { $(Offer::$name => Offers::$flag),* };
                json.0.into_iter().fold(Offers::empty(), |offers, name| offers | flag(name))
            }
        }
    };
}

offers! {
    Tools = TOOLS, ToolsChanges = TOOLS_CHANGES, Resources = RESOURCES, ResourcesChanges = RESOURCES_CHANGES,
    ResourceSubscriptions = RESOURCE_SUBSCRIPTIONS, Prompts = PROMPTS, PromptsChanges = PROMPTS_CHANGES,
    Completion = COMPLETION, Logging = LOGGING,
}

impl Form for OfferNames {}

macro_rules! stored_enums {
    ($($form:ident of $type:ident { $($case:ident),* })*) => { $(
        #[derive(Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub(crate) enum $form { $($case),* }

        impl Form for $form {}

        impl Stored for $type {
            type Json = $form;

            fn into_json(self) -> $form {
                match self { $(Self::$case => $form::$case),* }
            }

            fn from_json(json: $form) -> Self {
                match json { $($form::$case => Self::$case),* }
            }
        }
    )* };
}

macro_rules! stored_records {
    ($($form:ident of $type:ident { $($field:ident: $field_type:ty),* $(,)? })*) => { $(
        #[derive(Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(crate) struct $form {
            $(#[serde(skip_serializing_if = "is_absent")] $field: <$field_type as Stored>::Json,)*
        }

        impl Form for $form {}

        impl Stored for $type {
            type Json = $form;

            fn into_json(self) -> $form {
                let Self { $($field),* } = self;
                $form { $($field: $field.into_json()),* }
            }

            fn from_json(json: $form) -> Self {
                Self { $($field: <$field_type>::from_json(json.$field)),* }
            }
        }
    )* };
}

stored_enums! {
    IconThemeForm of IconTheme { Light, Dark }
    RoleForm of Role { User, Assistant }
    CacheScopeForm of CacheScope { Public, Private }
    TaskSupportForm of TaskSupport { Forbidden, Optional, Required }
}

stored_records! {
    CacheHintForm of CacheHint { ttl_ms: u32, scope: CacheScope }
    IconForm of Icon {
        src: String, mime_type: Option<String>, sizes: Vec<String>, theme: Option<IconTheme>, extra: Option<String>,
    }
    ImplementationForm of Implementation {
        name: String, version: String, title: Option<String>, description: Option<String>, website_url: Option<String>,
        icons: Vec<Icon>, extra: Option<String>,
    }
    AnnotationsForm of Annotations {
        audience: Vec<Role>, priority: Option<f64>, last_modified: Option<String>, extra: Option<String>,
    }
    ToolAnnotationsForm of ToolAnnotations {
        title: Option<String>, read_only_hint: Option<bool>, destructive_hint: Option<bool>,
        idempotent_hint: Option<bool>, open_world_hint: Option<bool>, extra: Option<String>,
    }
    ToolForm of Tool {
        name: String, title: Option<String>, description: Option<String>, input_schema: String,
        output_schema: Option<String>, annotations: Option<ToolAnnotations>, task_support: Option<TaskSupport>,
        icons: Vec<Icon>, extra: Option<String>,
    }
    PromptArgumentForm of PromptArgument {
        name: String, title: Option<String>, description: Option<String>, required: Option<bool>, extra: Option<String>,
    }
    PromptForm of Prompt {
        name: String, title: Option<String>, description: Option<String>, arguments: Vec<PromptArgument>,
        icons: Vec<Icon>, extra: Option<String>,
    }
    ResourceInfoForm of ResourceInfo {
        uri: String, name: String, title: Option<String>, description: Option<String>, mime_type: Option<String>,
        size: Option<f64>, annotations: Option<Annotations>, icons: Vec<Icon>, extra: Option<String>,
    }
    ResourceTemplateForm of ResourceTemplate {
        uri_template: String, name: String, title: Option<String>, description: Option<String>,
        mime_type: Option<String>, annotations: Option<Annotations>, icons: Vec<Icon>, extra: Option<String>,
    }
    ProviderInfoForm of ProviderInfo {
        implementation: Implementation, instructions: Option<String>, offers: Offers,
        extensions: Vec<(String, String)>, experimental: Vec<(String, String)>, cache: Option<CacheHint>,
        catalogue_revision: String, catalogue_static: bool, extra: Option<String>,
    }
}
