//! Values of the contract's records, drawn from a number. Each list names every field or case, and does not compile without one.

use contract::model;

/// Draws the same numbers whenever it starts from the same seed (xorshift).
pub struct Random(u32);

impl Random {
    /// Starts from this seed.
    pub fn new(seed: u32) -> Self {
        // The state is never 0; the factor spreads seeds that are neighbours.
        Self(seed.wrapping_mul(0x9e37_79b9) | 1)
    }

    /// Any number.
    pub fn number(&mut self) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0
    }

    /// A number below this one, which is not 0.
    pub fn below(&mut self, count: usize) -> usize {
        (self.number() >> 8) as usize % count
    }

    fn one_of(&mut self, values: &[&str]) -> String {
        values[self.below(values.len())].to_owned()
    }
}

/// What values can be drawn of.
pub trait Sample: Sized {
    /// Draws a value. An optional field is absent half of the time, and a list has up to three items.
    fn sample(random: &mut Random) -> Self;
}

impl Sample for bool {
    fn sample(random: &mut Random) -> Self {
        random.below(2) == 1
    }
}

impl Sample for u32 {
    fn sample(random: &mut Random) -> Self {
        random.number() >> random.below(32)
    }
}

impl Sample for f64 {
    fn sample(random: &mut Random) -> Self {
        f64::from(random.number().cast_signed() >> random.below(32)) / 8.0
    }
}

impl Sample for u8 {
    fn sample(random: &mut Random) -> Self {
        random.below(256) as u8
    }
}

impl Sample for String {
    fn sample(random: &mut Random) -> Self {
        // The number tells the texts of two fields apart.
        match random.one_of(&["", "a", "ƒ𐍈Ő", "\"quoted\"\n\\ \u{0}\u{2028}"]) {
            empty if empty.is_empty() => empty,
            text => format!("{text}{}", random.below(1 << 16)),
        }
    }
}

impl<T: Sample> Sample for Option<T> {
    fn sample(random: &mut Random) -> Self {
        bool::sample(random).then(|| T::sample(random))
    }
}

impl<T: Sample> Sample for Vec<T> {
    fn sample(random: &mut Random) -> Self {
        (0..random.below(4)).map(|_| T::sample(random)).collect()
    }
}

/// Members that no field names, and some that one does, which then wins.
fn extra(random: &mut Random) -> Option<String> {
    const EXTRA: [&str; 5] = [
        "{}",
        r#"{"later":{"a":[1, 2.50]},"_meta":{"example.com/k":true}}"#,
        r#" {"title":"of extra", "later" : null} "#,
        r#"{"description":"of extra","name":7,"uri":[],"contents":0,"content":0,"total":"of extra"}"#,
        r#"{"ttlMs":3000000000,"cacheScope":"public"}"#,
    ];
    bool::sample(random).then(|| random.one_of(&EXTRA))
}

fn completion_extra(random: &mut Random) -> Option<String> {
    match bool::sample(random) {
        true => Some(r#"{"completion":{"later":1,"values":7,"total":8},"beside":{}}"#.to_owned()),
        false => extra(random),
    }
}

fn tool_extra(random: &mut Random) -> Option<String> {
    match bool::sample(random) {
        true => Some(r#"{"execution":{"later":1,"taskSupport":"of extra"}}"#.to_owned()),
        false => extra(random),
    }
}

fn schema(random: &mut Random) -> String {
    random.one_of(&[r#"{"type":"object"}"#, r#"{ "properties" : {"a":{"type":"string"}}, "type":"object" }"#])
}

fn output_schema(random: &mut Random) -> Option<String> {
    let any = random.one_of(&[r#"{"type":"array"}"#, "{}", r#"{"type":["object","null"]}"#]);
    [None, Some(schema(random)), Some(any)][random.below(3)].clone()
}

fn any_json(random: &mut Random) -> String {
    random.one_of(&[r#"{"sum":3}"#, "[1]", "null", "1.50", r#""text""#, "true"])
}

fn structured(random: &mut Random) -> Option<String> {
    bool::sample(random).then(|| any_json(random))
}

fn content_kind(random: &mut Random) -> String {
    random.one_of(&[r#"{"type":"video","data":{"x":1}}"#, r#"{"later":[],"type":"x-other"}"#])
}

fn body_kind(random: &mut Random) -> String {
    random.one_of(&[r#"{"rows":[1 ,2]}"#, r#"{"later":"of the body","uri":0}"#])
}

fn entries(random: &mut Random) -> Vec<(String, String)> {
    let all = [("example.com/a".to_owned(), r#"{"x": 1}"#.to_owned()), ("b".to_owned(), "{}".to_owned())];
    all[..random.below(3)].to_vec()
}

/// Members of parameters that no field names.
fn request_extra(random: &mut Random) -> Option<String> {
    let members = random.one_of(&[r#"{"later":{"a":[1,2.50]}}"#, r#"{"uri2":null,"more":"of extra"}"#]);
    bool::sample(random).then_some(members)
}

fn text_entries(random: &mut Random) -> Vec<(String, String)> {
    ["a", "ƒ"][..random.below(3)].iter().map(|name| ((*name).to_owned(), String::sample(random))).collect()
}

fn reference_kind(random: &mut Random) -> String {
    random.one_of(&[r#"{"type":"ref/other","id":7}"#, r#"{"name":"n","type":"x"}"#])
}

fn image_url(random: &mut Random) -> String {
    random.one_of(&["https://example.com/icon?\"#", "HTTP://ƒ", "data:,"]) + &String::sample(random)
}

fn website_url(random: &mut Random) -> Option<String> {
    bool::sample(random).then(|| random.one_of(&["https://", "Http:ƒ"]) + &String::sample(random))
}

/// Only later legs have one.
fn first_leg(_: &mut Random) -> Option<model::Resumption> {
    None
}

fn pause(random: &mut Random) -> u32 {
    random.below(10) as u32
}

fn notification(random: &mut Random) -> String {
    random.one_of(&["notifications/later", "notifications/example.com/k"])
}

fn params(random: &mut Random) -> Option<String> {
    bool::sample(random).then(|| random.one_of(&["{}", r#"{ "later": [1, 2.50] }"#]))
}

/// A result of a type that has no case.
pub fn unnamed_result(random: &mut Random) -> String {
    random.one_of(&[
        r#"{"resultType":"task","taskId":"1","ttlMs":null}"#,
        r#"{"_meta":{"example.com/k":[]},"later":{"a":1},"resultType":"x-other"}"#,
    ])
}

macro_rules! record {
    ($name:ident { $($field:ident $(= $draw:ident)?),* }) => {
        impl Sample for model::$name {
            fn sample(random: &mut Random) -> Self {
                Self { $($field: record!(@ random $($draw)?)),* }
            }
        }
    };
    (@ $random:ident) => { Sample::sample($random) };
    (@ $random:ident $draw:ident) => { $draw($random) };
}

macro_rules! cases {
    ($name:ident { $($case:ident $(($draw:path))?),* }) => {
        impl Sample for model::$name {
            fn sample(random: &mut Random) -> Self {
                // This match does not compile if a case is missing.
                let _ = |value: Self| match value { $(Self::$case { .. } => {})* };
                let cases: &[fn(&mut Random) -> Self] = &[$(|_random| Self::$case $(($draw(_random)))?),*];
                cases[random.below(cases.len())](random)
            }
        }
    };
}

record!(Icon { src = image_url, mime_type, sizes, theme, extra = extra });
record!(Implementation { name, version, title, description, website_url = website_url, icons, extra = extra });
record!(Annotations { audience, priority, last_modified, extra = extra });
record!(CacheHint { ttl_ms, scope });
record!(TextContent { text, annotations, extra = extra });
record!(MediaContent { data, mime_type, annotations, extra = extra });
record!(ResourceInfo { uri, name, title, description, mime_type, size, annotations, icons, extra = extra });
record!(ResourceContents { uri, mime_type, body, extra = extra });
record!(EmbeddedResource { contents, annotations, extra = extra });
record!(ToolAnnotations {
    title, read_only_hint, destructive_hint, idempotent_hint, open_world_hint, extra = extra
});
record!(Tool {
    name, title, description, input_schema = schema, output_schema = output_schema, annotations, task_support, icons,
    extra = tool_extra
});
record!(ToolPage { tools, next_cursor, cache, extra = extra });
record!(ToolOutput { content, structured_content = structured, is_error, extra = extra });
record!(ResourcePage { resources, next_cursor, cache, extra = extra });
record!(ResourceTemplate { uri_template, name, title, description, mime_type, annotations, icons, extra = extra });
record!(ResourceTemplatePage { templates, next_cursor, cache, extra = extra });
record!(ResourceOutput { contents, cache, extra = extra });
record!(PromptArgument { name, title, description, required, extra = extra });
record!(Prompt { name, title, description, arguments, icons, extra = extra });
record!(PromptPage { prompts, next_cursor, cache, extra = extra });
record!(PromptMessage { role, content, extra = extra });
record!(PromptOutput { description, messages, extra = extra });
record!(CompletionValues { values, total, has_more, extra = completion_extra });
record!(ProviderInfo {
    implementation, instructions, offers, extensions = entries, experimental = entries, cache, catalogue_revision,
    catalogue_static, extra = extra
});
record!(UnnamedRequest { method = notification, params = params });
record!(More { saved, after_ms = pause });
record!(ToolCall { name, arguments = schema, resumed = first_leg, extra = request_extra });
record!(ResourceRead { uri, resumed = first_leg, extra = request_extra });
record!(PromptGet { name, arguments = text_entries, resumed = first_leg, extra = request_extra });
record!(CompletionRequest { ref_, argument, value, arguments = text_entries, extra = request_extra });
record!(Progress { progress, total, message, extra = extra });
record!(LogMessage { level, logger, data = any_json, extra = extra });

cases!(Change {
    ToolList, ResourceList, PromptList, ResourceUpdated(Sample::sample), Unnamed(Sample::sample)
});
cases!(Event {
    Progress(Sample::sample), Log(Sample::sample), ElicitationComplete(Sample::sample), Changed(Sample::sample),
    Unnamed(Sample::sample)
});
cases!(CompletionRef { Prompt(Sample::sample), ResourceTemplate(Sample::sample), Unnamed(reference_kind) });
cases!(IconTheme { Light, Dark });
cases!(LogLevel { Debug, Info, Notice, Warning, Error, Critical, Alert, Emergency });
cases!(Role { User, Assistant });
cases!(CacheScope { Public, Private });
cases!(TaskSupport { Forbidden, Optional, Required });
cases!(ResourceBody { Text(Sample::sample), Blob(Sample::sample), Unnamed(body_kind) });
cases!(ContentBlock {
    Text(Sample::sample), Image(Sample::sample), Audio(Sample::sample), ResourceLink(Sample::sample),
    EmbeddedResource(Sample::sample), Unnamed(content_kind)
});

impl Sample for model::Offers {
    fn sample(random: &mut Random) -> Self {
        let all = [
            Self::TOOLS,
            Self::TOOLS_CHANGES,
            Self::RESOURCES,
            Self::RESOURCES_CHANGES,
            Self::RESOURCE_SUBSCRIPTIONS,
            Self::PROMPTS,
            Self::PROMPTS_CHANGES,
            Self::COMPLETION,
            Self::LOGGING,
        ];
        all.into_iter().filter(|_| bool::sample(random)).fold(Self::empty(), |some, offer| some | offer)
    }
}
