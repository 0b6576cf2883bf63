use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use contract::Provider;
use contract::model::Context;
use http::HeaderMap;
use http::request::Parts;
use protocol::jsonrpc::{self, Message, Request};
use protocol::version::Version;

use crate::admission::{self, Admission, Admitted, Route};
use crate::config::Config;
use crate::context;
use crate::identity::{Anonymous, Identity};
use crate::introduction::{Badge, HeaderSchemas, Introduction};
use crate::known::{Known, KnownError};
use crate::ladder::{self, Classified};
use crate::methods::{self, Asked};
use crate::policy::{AllowAll, Policy};
use crate::problem::Problem;
use crate::response::{Body, Response, text};
use crate::surroundings::Surroundings;

/// An MCP server over one provider (which may be several in a catalog).
///
/// It keeps nothing of a request. What it keeps of the provider is its description, if its catalogue is static. Where an engine
/// serves one request only, it can be told what is [`Known`].
pub struct Engine<P, S> {
    pub(crate) provider: P,
    pub(crate) config: Config,
    pub(crate) surroundings: S,
    pub(crate) identity: Box<dyn Identity>,
    pub(crate) policy: Box<dyn Policy>,
    introduction: OnceLock<Arc<Introduction>>,
    badge: OnceLock<Arc<Badge>>,
    header_schemas: OnceLock<Arc<HeaderSchemas>>,
    /// Whether there may be tools that those are not of: they were found out elsewhere.
    more_tools: bool,
}

impl<P: Provider, S: Surroundings> Engine<P, S> {
    /// A server that asks nobody who they are, allows everything and remembers nothing.
    pub fn new(provider: P, config: Config, surroundings: S) -> Self {
        Self {
            provider,
            config,
            surroundings,
            identity: Box::new(Anonymous),
            policy: Box::new(AllowAll),
            introduction: OnceLock::new(),
            badge: OnceLock::new(),
            header_schemas: OnceLock::new(),
            more_tools: false,
        }
    }

    /// Who callers are is found out like this.
    #[must_use]
    pub fn with_identity(self, identity: impl Identity) -> Self {
        Self { identity: Box::new(identity), ..self }
    }

    /// What callers may do is decided like this.
    #[must_use]
    pub fn with_policy(self, policy: impl Policy) -> Self {
        Self { policy: Box::new(policy), ..self }
    }

    /// What a call needs of the provider is known, and not asked for.
    pub fn with_known(self, known: Known) -> Result<Self, KnownError> {
        let (badge, header_schemas) = known.found_out(&self.config)?;
        Ok(Self {
            badge: OnceLock::from(Arc::new(badge)),
            header_schemas: OnceLock::from(Arc::new(header_schemas)),
            more_tools: true,
            ..self
        })
    }

    /// Decides by the head of a request whether its body is worth reading.
    pub async fn admit(&self, head: &Parts) -> Admission {
        match self.route(head).await {
            Ok(admission) => admission,
            Err(problem) => Admission::Answered(problem.respond()),
        }
    }

    /// Host and Origin, then the token, then method and size.
    async fn route(&self, head: &Parts) -> Result<Admission, Problem> {
        self.config.access.check(head)?;
        let route = Route::of(head)?;
        if let Route::Messages = route {
            let principal = self.identity.identify(head).await.map_err(Problem::Refused)?;
            route.check_method(head)?;
            return Ok(Admission::Body(admission::admit(head, self.config.body_limit, principal)?));
        }
        route.check_method(head)?;
        if let Route::Readiness = route {
            self.introduction(&context::internal(self)).await.map_err(Problem::into_unready)?;
            return Ok(Admission::Answered(text(http::StatusCode::OK, "ready\n")));
        }
        Ok(Admission::Answered(admission::healthy()))
    }

    /// Answers the message in the body of a request with these headers, those that it was admitted with.
    pub async fn answer(self: &Arc<Self>, admitted: Admitted, headers: &HeaderMap, body: Bytes) -> Response {
        match jsonrpc::parse(&body) {
            Err(malformed) => {
                let (problem, id) = Problem::of_body(malformed);
                problem.respond_to(id.as_ref(), Version::MODERN)
            }
            Ok(Message::Response) => Problem::UnexpectedResponse.respond(),
            Ok(Message::Notification) => match notified(headers) {
                Ok(()) => accepted(),
                Err(problem) => problem.respond(),
            },
            Ok(Message::Request(request)) => match self.request(admitted, headers, &request).await {
                Ok(response) => response,
                Err((problem, version)) => problem.respond_to(Some(&request.id), version),
            },
        }
    }

    async fn request(
        self: &Arc<Self>,
        admitted: Admitted,
        headers: &HeaderMap,
        request: &Request<'_>,
    ) -> Result<Response, (Problem, Version)> {
        let began_ms = self.surroundings.now_ms();
        let Classified { version, params, modern } = ladder::classify(headers, request)?;
        let context = context::of_call(self, version, params.meta(), modern, admitted.principal);
        let events_accepted = admitted.events_accepted;
        let asked = Asked { request, version, params: &params, headers, events_accepted, began_ms };
        methods::dispatch(self, asked, context).await.map_err(|problem| (problem, version))
    }

    /// The provider's description, asked for once where its catalogue is static.
    pub(crate) async fn introduction(&self, context: &Context) -> Result<Arc<Introduction>, Problem> {
        if let Some(introduction) = self.introduction.get() {
            return Ok(Arc::clone(introduction));
        }
        let introduction = Arc::new(Introduction::ask(&self.provider, &self.config, context).await?);
        Ok(match introduction.info.catalogue_static {
            true => Arc::clone(self.introduction.get_or_init(|| introduction)),
            false => introduction,
        })
    }

    /// What answers about tools need of that description.
    pub(crate) async fn badge(&self, context: &Context) -> Result<Arc<Badge>, Problem> {
        match self.badge.get() {
            Some(badge) => Ok(Arc::clone(badge)),
            None => Ok(Arc::clone(&self.introduction(context).await?.badge)),
        }
    }

    /// Whether this tool takes arguments from headers, and which others do: asked for once where the catalogue is static.
    pub(crate) async fn header_schemas(
        &self,
        badge: &Badge,
        context: &Context,
        tool: &str,
    ) -> Result<Arc<HeaderSchemas>, Problem> {
        if let Some(schemas) = self.header_schemas.get().filter(|known| !self.more_tools || known.has(tool)) {
            return Ok(Arc::clone(schemas));
        }
        let schemas = Arc::new(HeaderSchemas::ask(&self.provider, context).await.map_err(Problem::Provider)?);
        Ok(match badge.lasting && !self.more_tools {
            true => Arc::clone(self.header_schemas.get_or_init(|| schemas)),
            false => schemas,
        })
    }
}

/// A notification is accepted and dropped: none of those that a client may send asks this server for anything.
fn notified(headers: &HeaderMap) -> Result<(), Problem> {
    ladder::version_header(headers).and_then(ladder::spoken_version).map(drop)
}

fn accepted() -> Response {
    let mut response = Response::new(Body::Full(Bytes::new()));
    *response.status_mut() = http::StatusCode::ACCEPTED;
    response
}
