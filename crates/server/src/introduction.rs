use std::collections::HashMap;
use std::sync::Arc;

use contract::Provider;
use contract::model::{Context, McpError, Offers, ProviderInfo, Tool};
use protocol::mcp_param;
use protocol::result::ServerInfoMeta;
use serde::{Deserialize, Serialize};

use crate::config::Config;
use crate::problem::Problem;

/// How the server introduces itself: what the provider says, unless the operator has other words.
pub(crate) struct Introduction {
    pub(crate) info: ProviderInfo,
    pub(crate) badge: Arc<Badge>,
}

/// The part of it that answers about tools need.
pub(crate) struct Badge {
    pub(crate) stamp: ServerInfoMeta,
    pub(crate) offers_tools: bool,
    /// The provider's catalogue never changes, and so this does not either.
    pub(crate) lasting: bool,
}

impl Introduction {
    pub(crate) async fn ask(provider: &impl Provider, config: &Config, context: &Context) -> Result<Self, Problem> {
        let mut info = provider.describe(context).await.map_err(Problem::Provider)?;
        config.introduce(&mut info.implementation, &mut info.instructions);
        // What this server cannot pass on yet is not offered: a capability that is declared must work.
        info.offers &= Offers::TOOLS | Offers::LOGGING;
        let badge = Arc::new(Badge {
            stamp: ServerInfoMeta::new(&info.implementation)?,
            offers_tools: info.offers.contains(Offers::TOOLS),
            lasting: info.catalogue_static,
        });
        Ok(Self { info, badge })
    }
}

/// What results bear of the server, where it has introduced itself.
pub(crate) fn stamp(badge: Option<&Badge>) -> Option<&ServerInfoMeta> {
    badge.map(|badge| &badge.stamp)
}

/// How many pages of a list are read before it counts as endless.
const MOST_PAGES: usize = 1000;

/// All tools, each with its input schema if that names headers (`x-mcp-header`), which few do.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct HeaderSchemas(HashMap<String, Option<String>>);

impl HeaderSchemas {
    pub(crate) async fn ask(provider: &impl Provider, context: &Context) -> Result<Self, McpError> {
        let mut schemas = HashMap::new();
        let mut cursor = None;
        for _ in 0..MOST_PAGES {
            let page = provider.list_tools(context, cursor.as_deref()).await?;
            let named = |schema: &String| schema.contains(mcp_param::KEYWORD);
            schemas.extend(page.tools.into_iter().map(|tool: Tool| (tool.name, Some(tool.input_schema).filter(named))));
            if page.next_cursor.is_none() {
                return Ok(Self(schemas));
            }
            cursor = page.next_cursor;
        }
        Err(McpError::Internal(format!("the list of tools did not end after {MOST_PAGES} pages")))
    }

    pub(crate) fn of(&self, tool: &str) -> Option<&str> {
        self.0.get(tool)?.as_deref()
    }

    pub(crate) fn has(&self, tool: &str) -> bool {
        self.0.contains_key(tool)
    }
}
