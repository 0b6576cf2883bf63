use std::collections::HashMap;

use contract::Provider;
use contract::model::{Context, McpError, Offers, ProviderInfo, Tool};
use protocol::encode::Stamp;

use crate::config::Config;
use crate::problem::Problem;

/// How many pages of a list are read before it counts as endless.
const MOST_PAGES: usize = 1000;

/// What is known of the provider before a call: how the server introduces itself, and which tools take arguments from headers.
pub(crate) struct Catalogue {
    pub(crate) info: ProviderInfo,
    pub(crate) stamp: Stamp,
    /// The input schemas that name headers (`x-mcp-header`), by tool. Few have any, so that most calls find this empty.
    header_schemas: HashMap<String, String>,
}

impl Catalogue {
    pub(crate) async fn ask(provider: &impl Provider, config: &Config, context: &Context) -> Result<Self, Problem> {
        let mut info = provider.describe(context).await.map_err(Problem::Provider)?;
        config.introduce(&mut info.implementation, &mut info.instructions);
        // What this server cannot pass on yet is not offered: a capability that is declared must work.
        info.offers &= Offers::TOOLS;
        let stamp = Stamp::new(&info.implementation)?;
        let header_schemas = match info.offers.contains(Offers::TOOLS) {
            true => header_schemas(provider, context).await?,
            false => HashMap::new(),
        };
        Ok(Self { info, stamp, header_schemas })
    }

    pub(crate) fn is_static(&self) -> bool {
        self.info.catalogue_static
    }

    pub(crate) fn offers_tools(&self) -> bool {
        self.info.offers.contains(Offers::TOOLS)
    }

    /// The input schema of a tool that takes arguments from headers.
    pub(crate) fn header_schema(&self, tool: &str) -> Option<&str> {
        self.header_schemas.get(tool).map(String::as_str)
    }
}

async fn header_schemas(provider: &impl Provider, context: &Context) -> Result<HashMap<String, String>, Problem> {
    let mut schemas = HashMap::new();
    let mut cursor = None;
    for _ in 0..MOST_PAGES {
        let page = provider.list_tools(context, cursor.as_deref()).await.map_err(Problem::Provider)?;
        let named = |tool: Tool| tool.input_schema.contains("x-mcp-header").then_some((tool.name, tool.input_schema));
        schemas.extend(page.tools.into_iter().filter_map(named));
        cursor = page.next_cursor;
        if cursor.is_none() {
            return Ok(schemas);
        }
    }
    Err(Problem::Provider(McpError::Internal(format!("the list of tools did not end after {MOST_PAGES} pages"))))
}
