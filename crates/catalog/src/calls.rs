//! Calls, each to the owner of the item under the owner's own name.

use contract::model::{
    CompletionRef, CompletionRequest, CompletionValues, Context, McpError, PromptGet, PromptLeg, ResourceLeg,
    ResourceRead, ToolCall, ToolLeg,
};
use contract::{Events, Provider};

use crate::ItemRef;
use crate::catalog::Catalog;
use crate::resolve::{Resolved, Target};

/// A request about one item: the parameters of a function of the contract.
pub trait Request: Clone + Send + Sync {
    /// What the function answers with.
    type Answer: Send;

    /// The item that the request is about.
    fn item(&self) -> ItemRef<'_>;

    /// The same request for the item under another name.
    #[must_use]
    fn with_name(&self, name: String) -> Self;

    /// Calls the function of a provider.
    fn call<P: Provider>(
        &self,
        provider: &P,
        ctx: &Context,
        events: &Events,
    ) -> impl Future<Output = Result<Self::Answer, McpError>> + Send;

    /// The answer where the owner of the item does not have the function, but another provider does.
    fn answer_without_function() -> Result<Self::Answer, McpError> {
        Err(McpError::NotOffered)
    }
}

macro_rules! request {
    ($request:ty, $field:ident, $item:ident, $function:ident, $answer:ty) => {
        impl Request for $request {
            type Answer = $answer;

            fn item(&self) -> ItemRef<'_> {
                ItemRef::$item(&self.$field)
            }

            fn with_name(&self, name: String) -> Self {
                Self { $field: name, ..self.clone() }
            }

            async fn call<P: Provider>(
                &self,
                provider: &P,
                ctx: &Context,
                events: &Events,
            ) -> Result<$answer, McpError> {
                provider.$function(ctx, self, events).await
            }
        }
    };
}

request!(ToolCall, name, Tool, call_tool, ToolLeg);
request!(PromptGet, name, Prompt, get_prompt, PromptLeg);
request!(ResourceRead, uri, Resource, read_resource, ResourceLeg);

impl Request for CompletionRequest {
    type Answer = CompletionValues;

    fn item(&self) -> ItemRef<'_> {
        ItemRef::Completion(&self.ref_)
    }

    /// Only the name of a prompt ever changes.
    fn with_name(&self, name: String) -> Self {
        Self { ref_: CompletionRef::Prompt(name), ..self.clone() }
    }

    async fn call<P: Provider>(
        &self,
        provider: &P,
        ctx: &Context,
        _events: &Events,
    ) -> Result<CompletionValues, McpError> {
        provider.complete(ctx, self).await
    }

    /// No suggestion.
    fn answer_without_function() -> Result<CompletionValues, McpError> {
        Ok(CompletionValues { values: Vec::new(), total: None, has_more: None, extra: None })
    }
}

impl<P: Provider> Catalog<P> {
    /// Calls the provider that was resolved, once: a call of several legs calls this for each. The provider gets the
    /// request under its own name; an error that repeats that name comes back with the client's.
    pub async fn call<R: Request>(
        &self,
        ctx: &Context,
        resolved: &Resolved,
        request: &R,
        events: &Events,
    ) -> Result<R::Answer, McpError> {
        let Target::Provider(place) = resolved.target else { return R::answer_without_function() };
        let provider = self.providers.get(place).ok_or(McpError::NotOffered)?;
        let Some(own_name) = &resolved.own_name else { return request.call(provider, ctx, events).await };
        let renamed = request.with_name(own_name.clone());
        let answer = renamed.call(provider, ctx, events).await;
        answer.map_err(|error| rename_in_error(error, &resolved.name))
    }

    /// Resolves the item of a request and calls its provider. One provider under its own names is called at once.
    pub(crate) async fn route<R: Request>(
        &self,
        ctx: &Context,
        request: &R,
        events: &Events,
    ) -> Result<R::Answer, McpError> {
        match self.providers.first() {
            Some(provider) if self.is_single() => request.call(provider, ctx, events).await,
            _ => {
                let resolved = self.resolve_leg(ctx, request.item()).await?;
                self.call(ctx, &resolved, request, events).await
            }
        }
    }

    /// Resolves the item of one leg. Where it has to be looked for on lists, this is done for the first leg of a call.
    async fn resolve_leg(&self, ctx: &Context, item: ItemRef<'_>) -> Result<Resolved, McpError> {
        // A completion has one leg only.
        let has_legs = !matches!(item, ItemRef::Completion(_));
        if has_legs && let Some(found) = self.recent_owners.get(&ctx.call_id, item.key()) {
            return Ok(found);
        }
        let resolved = self.resolve(ctx, item).await?;
        Ok(match has_legs && resolved.searched {
            true => self.recent_owners.keep(&ctx.call_id, item.key().0, resolved),
            false => resolved,
        })
    }
}

/// Replaces the provider's own name in an error by the client's.
fn rename_in_error(error: McpError, name: &str) -> McpError {
    match error {
        McpError::UnknownName(_) => McpError::UnknownName(name.to_owned()),
        error => error,
    }
}
