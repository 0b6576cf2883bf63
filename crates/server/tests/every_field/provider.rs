//! A provider that answers every function with records that were drawn from a seed, and that checks what it is asked.

use contract::model::*;
use contract::{Events, Provider};
use serde_json::Value;
use test_records::{Random, Sample, requests, unnamed_result};

type Answer<T> = Result<T, McpError>;

/// What a provider has, or what a client of several is to see.
#[derive(Clone)]
pub(crate) struct Sampled {
    pub(crate) info: ProviderInfo,
    pub(crate) tools: Vec<ToolPage>,
    pub(crate) resources: Vec<ResourcePage>,
    pub(crate) templates: Vec<ResourceTemplatePage>,
    pub(crate) prompts: Vec<PromptPage>,
    pub(crate) calls: Vec<Call<ToolCall, ToolOutput>>,
    pub(crate) reads: Vec<Call<ResourceRead, ResourceOutput>>,
    pub(crate) gets: Vec<Call<PromptGet, PromptOutput>>,
    pub(crate) completions: Vec<(CompletionRequest, CompletionValues)>,
    /// Whether it must not be asked what it has, since a snapshot says it.
    pub(crate) is_known: bool,
}

/// A request and its answer, leg by leg.
#[derive(Clone)]
pub(crate) struct Call<R, O> {
    pub(crate) request: R,
    pub(crate) legs: Vec<Leg<O>>,
}

#[derive(Clone)]
pub(crate) struct Leg<O> {
    pub(crate) events: Vec<Event>,
    pub(crate) end: End<O>,
}

/// The outcome of a leg. `InputRequired` is an error today (`families.rs`).
#[derive(Clone)]
pub(crate) enum End<O> {
    More(More),
    Complete(O),
    Unnamed(String),
}

/// A page, its items, and how they are named.
pub(crate) trait Page: Sample + Clone {
    type Item;

    fn items(&mut self) -> &mut Vec<Self::Item>;
    fn key(item: &mut Self::Item) -> &mut String;
    fn next_cursor(&mut self) -> &mut Option<String>;
    fn cache(&mut self) -> &mut Option<CacheHint>;
    fn extra(&mut self) -> &mut Option<String>;
}

macro_rules! page {
    ($($page:ident of $item:ident: $items:ident by $key:ident;)*) => { $(
        impl Page for $page {
            type Item = $item;

            fn items(&mut self) -> &mut Vec<$item> {
                &mut self.$items
            }
            fn key(item: &mut $item) -> &mut String {
                &mut item.$key
            }
            fn next_cursor(&mut self) -> &mut Option<String> {
                &mut self.next_cursor
            }
            fn cache(&mut self) -> &mut Option<CacheHint> {
                &mut self.cache
            }
            fn extra(&mut self) -> &mut Option<String> {
                &mut self.extra
            }
        }
    )* };
}

page! {
    ToolPage of Tool: tools by name;
    ResourcePage of ResourceInfo: resources by uri;
    ResourceTemplatePage of ResourceTemplate: templates by uri_template;
    PromptPage of Prompt: prompts by name;
}

/// One to three pages of up to three items each, with keys and cursors that are unique.
fn pages<P: Page>(random: &mut Random, key: impl Fn(usize) -> String) -> (Vec<P>, Vec<String>) {
    let (count, mut keys) = (1 + random.below(3), Vec::new());
    let pages = (1..=count).map(|number| {
        let mut page = P::sample(random);
        for item in page.items() {
            keys.push(key(keys.len()));
            P::key(item).clone_from(&keys[keys.len() - 1]);
        }
        *page.next_cursor() = (number < count).then(|| format!("{number}{}", String::sample(random)));
        page
    });
    (pages.collect(), keys)
}

impl<R: Sample, O: Sample> Call<R, O> {
    fn sample(random: &mut Random, key: fn(&mut R) -> &mut String, name: &str) -> Self {
        let mut request = R::sample(random);
        name.clone_into(key(&mut request));
        let legs = (0..random.below(3)).map(|leg| {
            let mut more = More::sample(random);
            more.saved.insert(0, leg as u8);
            Leg { events: Sample::sample(random), end: End::More(more) }
        });
        let mut legs: Vec<_> = legs.collect();
        let last =
            if random.below(4) == 0 { End::Unnamed(unnamed_result(random)) } else { End::Complete(O::sample(random)) };
        legs.push(Leg { events: Sample::sample(random), end: last });
        Self { request, legs }
    }
}

impl Sampled {
    /// A provider that offers everything. Its items have this name in theirs.
    pub(crate) fn new(name: &str, catalogue_static: bool, random: &mut Random) -> Self {
        let mut info = ProviderInfo::sample(random);
        info.offers |= Offers::TOOLS | Offers::RESOURCES | Offers::PROMPTS | Offers::COMPLETION;
        info.catalogue_static = catalogue_static;
        let (tools, tool_names) = pages(random, |number| format!("{name}-tool-{number}"));
        let (resources, uris) = pages(random, |number| format!("{name}:/resource/{number}"));
        let (templates, template_texts) = pages(random, |number| format!("{name}:/template/{number}/{{x}}"));
        let (prompts, prompt_names) = pages(random, |number| format!("{name}-prompt-{number}"));
        let prompt_refs = prompt_names.iter().cloned().map(CompletionRef::Prompt);
        let refs: Vec<_> = prompt_refs.chain(template_texts.into_iter().map(CompletionRef::ResourceTemplate)).collect();
        let mut complete = |ref_| (CompletionRequest { ref_, ..Sample::sample(random) }, Sample::sample(random));
        let completions = refs.into_iter().map(&mut complete).collect();
        Self {
            info,
            tools,
            resources,
            templates,
            prompts,
            calls: tool_names
                .iter()
                .map(|name| Call::sample(random, |call: &mut ToolCall| &mut call.name, name))
                .collect(),
            reads: uris.iter().map(|uri| Call::sample(random, |read: &mut ResourceRead| &mut read.uri, uri)).collect(),
            gets: prompt_names
                .iter()
                .map(|name| Call::sample(random, |get: &mut PromptGet| &mut get.name, name))
                .collect(),
            completions,
            is_known: false,
        }
    }

    /// The same, with a completion of a kind that has no case. Of several providers none would be its owner.
    pub(crate) fn with_unnamed_reference(mut self, random: &mut Random) -> Self {
        let request = loop {
            let request = CompletionRequest::sample(random);
            if matches!(request.ref_, CompletionRef::Unnamed(_)) {
                break request;
            }
        };
        self.completions.push((request, Sample::sample(random)));
        self
    }

    /// The same provider, which must not be asked what it has.
    pub(crate) fn known(self) -> Self {
        Self { is_known: true, ..self }
    }

    fn page<P: Page>(&self, pages: &[P], cursor: Option<&str>) -> Answer<P> {
        assert!(!self.is_known, "the snapshot says what is listed");
        let mut asked = None;
        for page in pages {
            if asked.as_deref() == cursor {
                return Ok(page.clone());
            }
            asked.clone_from(page.clone().next_cursor());
        }
        Err(McpError::InvalidCursor)
    }
}

/// Answers one leg: half of its events are emitted while it runs, the others are on its answer.
fn answer<R, O: Clone>(
    calls: &[Call<R, O>],
    request: &R,
    resumed: Option<&Resumption>,
    params: fn(&R) -> Value,
    events: &Events,
) -> (Vec<Event>, End<O>) {
    let call = calls.iter().find(|call| params(&call.request) == params(request));
    let call = call.unwrap_or_else(|| panic!("a request that no client made: {}", params(request)));
    let leg = match resumed {
        None => 0,
        Some(Resumption { saved, answers }) => {
            assert!(answers.is_empty());
            let is_last = |leg: &Leg<O>| matches!(&leg.end, End::More(more) if Some(&more.saved) == saved.as_ref());
            1 + call.legs.iter().position(is_last).expect("a leg that saved this")
        }
    };
    let Leg { events: all, end } = call.legs[leg].clone();
    let (live, late) = all.split_at(all.len() / 2);
    live.iter().for_each(|event| events.emit(event.clone()).expect("a client that reads events"));
    (late.to_vec(), end)
}

macro_rules! leg {
    ($leg:ident, $outcome:ident, $answer:expr) => {{
        let (events, end) = $answer;
        // This match does not compile when the contract gets another case.
        let _ = |outcome: $outcome| match outcome {
            $outcome::Complete(_) | $outcome::More(_) | $outcome::InputRequired(_) | $outcome::Unnamed(_) => {}
        };
        let outcome = match end {
            End::More(more) => $outcome::More(more),
            End::Complete(output) => $outcome::Complete(output),
            End::Unnamed(json) => $outcome::Unnamed(json),
        };
        Ok($leg { events, outcome })
    }};
}

impl Provider for Sampled {
    async fn describe(&self, _: &Context) -> Answer<ProviderInfo> {
        assert!(!self.is_known, "the snapshot has the description");
        Ok(self.info.clone())
    }
    async fn list_tools(&self, _: &Context, cursor: Option<&str>) -> Answer<ToolPage> {
        self.page(&self.tools, cursor)
    }
    async fn call_tool(&self, _: &Context, call: &ToolCall, events: &Events) -> Answer<ToolLeg> {
        leg!(ToolLeg, ToolOutcome, answer(&self.calls, call, call.resumed.as_ref(), requests::tool_call, events))
    }
    async fn list_resources(&self, _: &Context, cursor: Option<&str>) -> Answer<ResourcePage> {
        self.page(&self.resources, cursor)
    }
    async fn list_templates(&self, _: &Context, cursor: Option<&str>) -> Answer<ResourceTemplatePage> {
        self.page(&self.templates, cursor)
    }
    async fn read_resource(&self, _: &Context, read: &ResourceRead, events: &Events) -> Answer<ResourceLeg> {
        let resumed = read.resumed.as_ref();
        leg!(ResourceLeg, ResourceOutcome, answer(&self.reads, read, resumed, requests::resource_read, events))
    }
    async fn list_prompts(&self, _: &Context, cursor: Option<&str>) -> Answer<PromptPage> {
        self.page(&self.prompts, cursor)
    }
    async fn get_prompt(&self, _: &Context, get: &PromptGet, events: &Events) -> Answer<PromptLeg> {
        leg!(PromptLeg, PromptOutcome, answer(&self.gets, get, get.resumed.as_ref(), requests::prompt_get, events))
    }
    async fn complete(&self, _: &Context, request: &CompletionRequest) -> Answer<CompletionValues> {
        let params = requests::completion_request(request);
        let known = self.completions.iter().find(|(known, _)| requests::completion_request(known) == params);
        let (_, values) = known.unwrap_or_else(|| panic!("a request that no client made: {params}"));
        Ok(values.clone())
    }
}
