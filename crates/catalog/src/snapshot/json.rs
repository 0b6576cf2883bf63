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
use serde::de::Error as _;
use serde::ser::SerializeStruct;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A value that has a form in JSON.
pub(crate) trait Stored: Sized {
    /// Whether the member is left out of its object.
    fn is_absent(&self) -> bool {
        false
    }

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
}

/// A value that is written as JSON.
pub(crate) struct AsJson<'a, T>(pub(crate) &'a T);

impl<T: Stored> Serialize for AsJson<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.write(serializer)
    }
}

/// A value that is written as JSON and read from it.
pub(crate) struct Json<T>(pub(crate) T);

impl<T: Stored> Serialize for Json<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.write(serializer)
    }
}

impl<'de, T: Stored> Deserialize<'de> for Json<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::read(deserializer).map(Self)
    }
}

/// How many bytes a value has as JSON, about as clients get it: texts that are JSON themselves count with their escapes.
pub(crate) fn size_as_json<T: Stored>(value: &T) -> usize {
    let mut size = Size(0);
    // A size is never too large to be counted, and each form can be written.
    let _ = serde_json::to_writer(&mut size, &AsJson(value));
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

macro_rules! stored_as_it_is {
    ($($type:ty),*) => { $(
        impl Stored for $type {
            fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.serialize(serializer)
            }

            fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::deserialize(deserializer)
            }
        }
    )* };
}

stored_as_it_is!(bool, u32, String, (String, String));

impl<T: Stored> Stored for Option<T> {
    fn is_absent(&self) -> bool {
        self.is_none()
    }

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_ref().map(AsJson).serialize(serializer)
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::<Json<T>>::deserialize(deserializer)?.map(|json| json.0))
    }
}

impl<T: Stored> Stored for Vec<T> {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(AsJson))
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Vec::<Json<T>>::deserialize(deserializer)?.into_iter().map(|json| json.0).collect())
    }
}

/// A number as the decimal text that reads as exactly this number: `serde_json` may read a JSON number as one beside it.
impl Stored for f64 {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

macro_rules! offers {
    ($($name:ident = $flag:ident),* $(,)?) => {
        #[derive(Clone, Copy, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        enum Offer { $($name),* }

        /// The names of the flags that are set.
        impl Stored for Offers {
            fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let all = [$((Offer::$name, Offers::$flag)),*];
                let set: Vec<_> =
                    all.into_iter().filter(|(_, flag)| self.contains(*flag)).map(|(name, _)| name).collect();
                set.serialize(serializer)
            }

            fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let flag = |name| match name { $(Offer::$name => Offers::$flag),* };
                let names = Vec::<Offer>::deserialize(deserializer)?;
                Ok(names.into_iter().fold(Offers::empty(), |offers, name| offers | flag(name)))
            }
        }
    };
}

offers! {
    Tools = TOOLS, ToolsChanges = TOOLS_CHANGES, Resources = RESOURCES, ResourcesChanges = RESOURCES_CHANGES,
    ResourceSubscriptions = RESOURCE_SUBSCRIPTIONS, Prompts = PROMPTS, PromptsChanges = PROMPTS_CHANGES,
    Completion = COMPLETION, Logging = LOGGING,
}

macro_rules! stored_enums {
    ($($type:ident { $($case:ident),* })*) => { $(
        impl Stored for $type {
            fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                #[derive(Serialize)]
                #[serde(rename_all = "kebab-case")]
                enum Form { $($case),* }
                match self { $(Self::$case => Form::$case),* }.serialize(serializer)
            }

            fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                #[derive(Deserialize)]
                #[serde(rename_all = "kebab-case")]
                enum Form { $($case),* }
                Ok(match Form::deserialize(deserializer)? { $(Form::$case => Self::$case),* })
            }
        }
    )* };
}

macro_rules! stored_records {
    ($($type:ident { $($field:ident: $field_type:ty),* $(,)? })*) => { $(
        impl Stored for $type {
            fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let Self { $($field),* } = self;
                let count = [$($field.is_absent()),*].into_iter().filter(|is_absent| !is_absent).count();
                let mut members = serializer.serialize_struct(stringify!($type), count)?;
                $(if !$field.is_absent() {
                    members.serialize_field(stringify!($field), &AsJson($field))?;
                })*
                members.end()
            }

            fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                #[derive(Deserialize)]
                #[serde(deny_unknown_fields)]
                struct Form { $($field: Json<$field_type>),* }
                let Form { $($field: Json($field)),* } = Form::deserialize(deserializer)?;
                Ok(Self { $($field),* })
            }
        }
    )* };
}

stored_enums! {
    IconTheme { Light, Dark }
    Role { User, Assistant }
    CacheScope { Public, Private }
    TaskSupport { Forbidden, Optional, Required }
}

stored_records! {
    CacheHint { ttl_ms: u32, scope: CacheScope }
    Icon {
        src: String, mime_type: Option<String>, sizes: Vec<String>, theme: Option<IconTheme>, extra: Option<String>,
    }
    Implementation {
        name: String, version: String, title: Option<String>, description: Option<String>, website_url: Option<String>,
        icons: Vec<Icon>, extra: Option<String>,
    }
    Annotations {
        audience: Vec<Role>, priority: Option<f64>, last_modified: Option<String>, extra: Option<String>,
    }
    ToolAnnotations {
        title: Option<String>, read_only_hint: Option<bool>, destructive_hint: Option<bool>,
        idempotent_hint: Option<bool>, open_world_hint: Option<bool>, extra: Option<String>,
    }
    Tool {
        name: String, title: Option<String>, description: Option<String>, input_schema: String,
        output_schema: Option<String>, annotations: Option<ToolAnnotations>, task_support: Option<TaskSupport>,
        icons: Vec<Icon>, extra: Option<String>,
    }
    PromptArgument {
        name: String, title: Option<String>, description: Option<String>, required: Option<bool>, extra: Option<String>,
    }
    Prompt {
        name: String, title: Option<String>, description: Option<String>, arguments: Vec<PromptArgument>,
        icons: Vec<Icon>, extra: Option<String>,
    }
    ResourceInfo {
        uri: String, name: String, title: Option<String>, description: Option<String>, mime_type: Option<String>,
        size: Option<f64>, annotations: Option<Annotations>, icons: Vec<Icon>, extra: Option<String>,
    }
    ResourceTemplate {
        uri_template: String, name: String, title: Option<String>, description: Option<String>,
        mime_type: Option<String>, annotations: Option<Annotations>, icons: Vec<Icon>, extra: Option<String>,
    }
    ProviderInfo {
        implementation: Implementation, instructions: Option<String>, offers: Offers,
        extensions: Vec<(String, String)>, experimental: Vec<(String, String)>, cache: Option<CacheHint>,
        catalogue_revision: String, catalogue_static: bool, extra: Option<String>,
    }
}

#[cfg(test)]
mod tests {
    use allocation_counter::measure;
    use test_records::{Random, Sample};

    use super::*;

    fn check<T: Stored + Sample>() {
        for seed in 0..100 {
            let value = T::sample(&mut Random::new(seed));
            let mut size = 0;
            let measured = measure(|| size = size_as_json(&value));
            let text = serde_json::to_string(&AsJson(&value)).expect("JSON");
            assert_eq!((size, measured.count_total), (text.len(), 0), "{text}");
        }
    }

    #[test]
    fn the_size_of_a_listed_item_is_that_of_its_json_and_is_found_without_allocating() {
        check::<Tool>();
        check::<Prompt>();
        check::<ResourceInfo>();
        check::<ResourceTemplate>();
    }
}
