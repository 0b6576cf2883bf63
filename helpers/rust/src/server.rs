//! The registry: what a provider has, its lists, and which function a call is for. Its methods are the functions of the contract.

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::answer::{Answer, Failure};
use crate::arguments::{input_schema, read};
use crate::call::{Call, End};
use crate::contract::*;
use crate::tool::Tool;

type Read = dyn Fn(&str, &Call) -> Result<Option<ResourceBody>, Failure>;
type Get = dyn Fn(&str, &Call) -> Result<Vec<PromptMessage>, Failure>;
// The schema is that of the arguments.
type ListedPrompt = (Prompt, fn() -> Value, Box<Get>);

/// A provider: what it says of itself, and its tools, resources and prompts.
pub struct Server {
    info: ProviderInfo,
    tools: Vec<Tool>,
    resources: Vec<(ResourceTemplate, Box<Read>)>,
    prompts: Vec<ListedPrompt>,
}

/// The leg of a kind of call: the three kinds have types of their own, which are alike.
macro_rules! leg {
    ($leg:ident, $outcome:ident, $end:expr) => {{
        let (events, end) = $end?;
        let outcome = match end {
            End::Complete(output) => $outcome::Complete(output),
            End::More(more) => $outcome::More(more),
            End::InputRequired(questions) => $outcome::InputRequired(questions),
        };
        Ok($leg { events, outcome })
    }};
}

impl Server {
    /// A server that has nothing yet. The version names the revision of its lists too, which are the same for every caller.
    #[must_use]
    pub fn new(name: &str, version: &str) -> Self {
        let info = ProviderInfo {
            implementation: Implementation { name: name.into(), version: version.into(), ..Default::default() },
            instructions: None,
            offers: Offers::empty(),
            extensions: vec![],
            experimental: vec![],
            cache: None,
            catalogue_revision: version.into(),
            catalogue_static: true,
            extra: None,
        };
        Self { info, tools: vec![], resources: vec![], prompts: vec![] }
    }

    /// Changes what the provider says of itself: its title, its instructions and what else the record has.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut ProviderInfo)) -> Self {
        change(&mut self.info);
        self
    }

    /// Adds a tool: `.tool("add", "Adds.", |add: Add, _| add.a + add.b)`.
    #[must_use]
    pub fn tool<A: DeserializeOwned + JsonSchema, R: Answer>(
        self,
        name: &str,
        description: &str,
        run: impl Fn(A, &Call) -> R + 'static,
    ) -> Self {
        self.add_tool(Tool::new(name, description, run))
    }

    /// Adds a tool that has more than a name and a description.
    #[must_use]
    pub fn add_tool(mut self, tool: Tool) -> Self {
        self.info.offers |= Offers::TOOLS;
        self.tools.push(tool);
        self
    }

    /// Adds a resource, whose body is a text, or bytes by `ResourceBody::Blob`.
    #[must_use]
    pub fn resource<B: Into<ResourceBody>>(
        self,
        uri: &str,
        name: &str,
        mime_type: &str,
        read: impl Fn(&Call) -> Result<B, Failure> + 'static,
    ) -> Self {
        self.template(uri, name, mime_type, move |_, call| read(call).map(Some))
    }

    /// Adds the resources of a URI template. The function gets each URI that begins as the template does, up to its first `{`; none means that
    /// there is no such resource.
    #[must_use]
    pub fn template<B: Into<ResourceBody>>(
        mut self,
        uri_template: &str,
        name: &str,
        mime_type: &str,
        read: impl Fn(&str, &Call) -> Result<Option<B>, Failure> + 'static,
    ) -> Self {
        let (uri_template, name, mime_type) = (uri_template.into(), name.into(), Some(mime_type.into()));
        let listed = ResourceTemplate { uri_template, name, mime_type, ..Default::default() };
        self.info.offers |= Offers::RESOURCES;
        self.resources.push((listed, Box::new(move |uri, call| Ok(read(uri, call)?.map(Into::into)))));
        self
    }

    /// Adds a prompt, whose arguments are texts: fields of `A` that are a `String`, or an `Option` of one.
    #[must_use]
    pub fn prompt<A: DeserializeOwned + JsonSchema>(
        mut self,
        name: &str,
        description: &str,
        get: impl Fn(A, &Call) -> Result<Vec<PromptMessage>, Failure> + 'static,
    ) -> Self {
        let listed = Prompt { name: name.into(), description: Some(description.into()), ..Default::default() };
        let get = move |arguments: &str, call: &Call| {
            let invalid = |message| Failure::Mcp(McpError::InvalidParams(ErrorDetail { message, data: None }));
            get(read(arguments).map_err(invalid)?, call)
        };
        self.info.offers |= Offers::PROMPTS;
        self.prompts.push((listed, input_schema::<A>, Box::new(get)));
        self
    }

    /// What the provider says of itself.
    #[must_use]
    pub fn describe(self) -> ProviderInfo {
        self.info
    }

    /// The tools, on one page.
    pub fn list_tools(&self, cursor: Option<Cursor>) -> Result<ToolPage, McpError> {
        only_page(cursor)?;
        let tools = self.tools.iter().map(Tool::list).collect();
        Ok(ToolPage { tools, cache: self.info.cache, ..Default::default() })
    }

    /// Runs a tool. A text that it fails with is an output, which the model reads.
    pub fn call_tool(&self, context: &Context, call: ToolCall) -> Result<ToolLeg, McpError> {
        let tool = self.tools.iter().find(|tool| tool.listed.name == call.name);
        let tool = tool.ok_or(McpError::UnknownName(call.name))?;
        let leg = Call::new(context, call.resumed)?;
        let output = (tool.run)(&call.arguments, &leg).or_else(|failure| match failure {
            Failure::Text(error) => {
                Ok(ToolOutput { content: vec![crate::text(error)], is_error: true, ..Default::default() })
            }
            other => Err(other),
        });
        leg!(ToolLeg, ToolOutcome, leg.end(output))
    }

    /// The resources that are of no template, on one page.
    pub fn list_resources(&self, cursor: Option<Cursor>) -> Result<ResourcePage, McpError> {
        only_page(cursor)?;
        let resource = |ResourceTemplate { uri_template: uri, name, mime_type, .. }: ResourceTemplate| ResourceInfo {
            uri,
            name,
            mime_type,
            ..Default::default()
        };
        let resources = self.listed_resources(false).map(resource).collect();
        Ok(ResourcePage { resources, cache: self.info.cache, ..Default::default() })
    }

    /// The templates, on one page.
    pub fn list_templates(&self, cursor: Option<Cursor>) -> Result<ResourceTemplatePage, McpError> {
        only_page(cursor)?;
        let templates = self.listed_resources(true).collect();
        Ok(ResourceTemplatePage { templates, cache: self.info.cache, ..Default::default() })
    }

    /// Reads a resource: the first that has the URI.
    pub fn read_resource(&self, context: &Context, read: ResourceRead) -> Result<ResourceLeg, McpError> {
        let uri = read.uri;
        let leg = Call::new(context, read.resumed)?;
        let has_uri = |template: &str| match template.split_once('{') {
            Some((literal, _)) => uri.starts_with(literal),
            None => uri == template,
        };
        let of_uri = self.resources.iter().filter(|(listed, _)| has_uri(&listed.uri_template));
        let mut output = Err(Failure::Mcp(McpError::ResourceNotFound(uri.clone())));
        for (listed, read) in of_uri {
            let contents =
                |body| ResourceContents { uri: uri.clone(), mime_type: listed.mime_type.clone(), body, extra: None };
            if let Some(found) = read(&uri, &leg).transpose() {
                let cache = self.info.cache;
                output = found.map(|body| ResourceOutput { contents: vec![contents(body)], cache, extra: None });
                break;
            }
        }
        leg!(ResourceLeg, ResourceOutcome, leg.end(output))
    }

    /// The prompts, on one page.
    pub fn list_prompts(&self, cursor: Option<Cursor>) -> Result<PromptPage, McpError> {
        only_page(cursor)?;
        let prompt =
            |(listed, schema, _): &ListedPrompt| Prompt { arguments: prompt_arguments(&schema()), ..listed.clone() };
        let prompts = self.prompts.iter().map(prompt).collect();
        Ok(PromptPage { prompts, cache: self.info.cache, ..Default::default() })
    }

    /// Fills in a prompt.
    pub fn get_prompt(&self, context: &Context, prompt: PromptGet) -> Result<PromptLeg, McpError> {
        let found = self.prompts.iter().find(|(listed, ..)| listed.name == prompt.name);
        let (_, _, get) = found.ok_or(McpError::UnknownName(prompt.name))?;
        let leg = Call::new(context, prompt.resumed)?;
        let arguments = prompt.arguments.into_iter().map(|(name, value)| (name, Value::String(value))).collect();
        let output = get(&Value::Object(arguments).to_string(), &leg);
        let output = output.map(|messages| PromptOutput { messages, ..Default::default() });
        leg!(PromptLeg, PromptOutcome, leg.end(output))
    }

    fn listed_resources(&self, of_templates: bool) -> impl Iterator<Item = ResourceTemplate> {
        let listed = self.resources.iter().map(|(listed, _)| listed);
        listed.filter(move |listed| listed.uri_template.contains('{') == of_templates).cloned()
    }
}

/// Each list has one page, so that no cursor was ever given out.
fn only_page(cursor: Option<Cursor>) -> Result<(), McpError> {
    if cursor.is_some() { Err(McpError::InvalidCursor) } else { Ok(()) }
}

fn prompt_arguments(schema: &Value) -> Vec<PromptArgument> {
    let required = schema.get("required").and_then(Value::as_array);
    let properties = schema.get("properties").and_then(Value::as_object);
    let argument = |(name, property): (&String, &Value)| PromptArgument {
        name: name.clone(),
        description: property.get("description").and_then(Value::as_str).map(str::to_owned),
        required: Some(required.is_some_and(|required| required.iter().any(|required| required == name))),
        ..Default::default()
    };
    properties.into_iter().flatten().map(argument).collect()
}
