//! What members with a static catalogue said when they were gathered. By their own word they say the same ever after, so
//! that their lists are answered from it, also while they are busy or lost.

use contract::Provider;
use contract::model::{Context, McpError, Prompt, ProviderInfo, ResourceInfo, ResourceTemplate, Tool};

use crate::catalog::Part;
use crate::lists::{Listed, Page};

/// All that one member said.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) info: ProviderInfo,
    pub(crate) tools: Pages<Tool>,
    pub(crate) prompts: Pages<Prompt>,
    pub(crate) resources: Pages<ResourceInfo>,
    pub(crate) templates: Pages<ResourceTemplate>,
}

/// The pages of a list, each with the cursor that it was asked for by. None of what is not offered.
#[derive(Debug)]
pub(crate) struct Pages<T>(pub(crate) Vec<(Option<String>, Page<T>)>);

impl<T: Listed> Pages<T> {
    pub(crate) fn keys(&self) -> Vec<String> {
        self.items().map(|item| item.key().to_owned()).collect()
    }

    pub(crate) fn items(&self) -> impl Iterator<Item = &T> {
        self.0.iter().flat_map(|(_, page)| &page.items)
    }

    fn at(&self, cursor: Option<&str>) -> Result<Page<T>, McpError> {
        let page = self.0.iter().find(|(asked, _)| asked.as_deref() == cursor);
        page.map(|(_, page)| page.clone()).ok_or(McpError::InvalidCursor)
    }
}

impl<P: Provider> Part<P> {
    /// What it says it is.
    pub(crate) async fn info(&self, ctx: &Context) -> Result<ProviderInfo, McpError> {
        match &self.kept {
            Some(kept) => Ok(kept.info.clone()),
            None => self.provider.describe(ctx).await,
        }
    }

    /// One page of a list of it.
    pub(crate) async fn page<T: Listed>(&self, ctx: &Context, cursor: Option<&str>) -> Result<Page<T>, McpError> {
        match self.kept.as_ref().map(T::kept) {
            Some(pages) if !pages.0.is_empty() => pages.at(cursor),
            _ => T::page(&self.provider, ctx, cursor).await,
        }
    }
}
