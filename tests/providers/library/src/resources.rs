//! Resources and templates, some of which the templates of `everything` match too.

use crate::bindings::exports::wasmcp::mcp::resources;
use crate::bindings::wasmcp::mcp::model::{
    CacheHint, CacheScope, Context, McpError, ResourceBody, ResourceContents, ResourceInfo, ResourceLeg,
    ResourceOutcome, ResourceOutput, ResourcePage, ResourceRead, ResourceTemplate, ResourceTemplatePage,
};
use crate::{Library, SECOND_PAGE};

const RESOURCES: [&str; 1] = ["test:///greetings/Ada"];
const TEMPLATES: [&str; 3] = ["test:///greetings/{+path}", "test:///{name}", "library:///{shelf}/{book}"];

/// The cache hint of lists, with a shorter time than that of `everything`.
const CACHE: CacheHint = CacheHint { ttl_ms: 30_000, scope: CacheScope::Private };

/// Whether this provider lists the template.
pub(crate) fn is_template(template: &str) -> bool {
    TEMPLATES.contains(&template)
}

impl resources::Guest for Library {
    fn list_resources(_ctx: Context, cursor: Option<String>) -> Result<ResourcePage, McpError> {
        let resource = |uri: &str| ResourceInfo {
            uri: uri.to_owned(),
            name: "a page".to_owned(),
            title: None,
            description: None,
            mime_type: None,
            size: None,
            annotations: None,
            icons: Vec::new(),
            extra: None,
        };
        match cursor {
            Some(_) => Err(McpError::InvalidCursor),
            None => Ok(ResourcePage {
                resources: RESOURCES.map(resource).into(),
                next_cursor: None,
                cache: Some(CACHE),
                extra: None,
            }),
        }
    }

    fn list_templates(_ctx: Context, cursor: Option<String>) -> Result<ResourceTemplatePage, McpError> {
        let template = |uri_template: &str| ResourceTemplate {
            uri_template: uri_template.to_owned(),
            name: "pages".to_owned(),
            title: None,
            description: None,
            mime_type: None,
            annotations: None,
            icons: Vec::new(),
            extra: None,
        };
        let page = |templates: &[&str], next_cursor| {
            let templates = templates.iter().map(|text| template(text)).collect();
            Ok(ResourceTemplatePage { templates, next_cursor, cache: Some(CACHE), extra: None })
        };
        let [first, second, third] = TEMPLATES;
        match cursor.as_deref() {
            None => page(&[first, second], Some(SECOND_PAGE.to_owned())),
            Some(SECOND_PAGE) => page(&[third], None),
            Some(_) => Err(McpError::InvalidCursor),
        }
    }

    /// Answers every URI with contents that name this provider.
    fn read_resource(_ctx: Context, read: ResourceRead) -> Result<ResourceLeg, McpError> {
        let body = ResourceBody::Text(format!("library: {}", read.uri));
        let contents = vec![ResourceContents { uri: read.uri, mime_type: None, body, extra: None }];
        let output = ResourceOutput { contents, cache: None, extra: None };
        Ok(ResourceLeg { events: Vec::new(), outcome: ResourceOutcome::Complete(output) })
    }
}
