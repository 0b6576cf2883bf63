//! The engine: admits a request by its head, and answers the message in its body.

use std::future::pending;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;

use bytes::Bytes;
use catalog::Catalog;
use contract::Provider;
use futures_util::future::{Either, select};
use http::HeaderMap;
use http::request::Parts;
use protocol::jsonrpc::{self, Message};
use protocol::version::Version;

use crate::authentication::{Anonymous, Authenticator, Caller};
use crate::authorization::{AllowAll, Authorizer, ClientAddress};
use crate::catalog_ports::CatalogPorts;
use crate::combined_authorizer::AllOf;
use crate::config::Config;
use crate::description::IdentityCache;
use crate::era;
use crate::error::{BodyError, CallError, HeadError, MessageError, RequestError};
use crate::http::cors::Cors;
use crate::http::response::{Body, Response, accepted};
use crate::http::routes::{Route, view_name};
use crate::http::{accept, request_body};
use crate::observer::Observation;
use crate::pipeline;
use crate::ports::Ports;
use crate::shutdown::Shutdown;

/// An MCP server over the providers of one catalogue. It stores nothing of a request.
pub struct Engine<P> {
    pub(crate) catalog: Catalog<P>,
    pub(crate) config: Arc<Config>,
    pub(crate) ports: Ports,
    pub(crate) authorizer: Arc<dyn Authorizer>,
    pub(crate) identity_cache: IdentityCache,
    pub(crate) shutdown: Shutdown,
    pub(crate) authenticator: Arc<dyn Authenticator>,
}

/// The next step for a request whose head has been read.
#[allow(clippy::large_enum_variant, reason = "a shell takes it apart where it gets it")]
pub enum Admission {
    /// Nothing more: this is the response, whatever the body is.
    Answered(Response),
    /// Read the body, then call [`Engine::answer`].
    Body(Admitted),
}

/// A request whose body may be read.
pub struct Admitted {
    pub(crate) caller: Option<Arc<Caller>>,
    pub(crate) events_accepted: bool,
    /// The place of the view that is asked for among those of the settings.
    pub(crate) view: Option<usize>,
    pub(crate) address: Option<IpAddr>,
    pub(crate) observation: Arc<Observation>,
    config: Arc<Config>,
    cors: Cors,
}

impl Admitted {
    /// How many bytes the body may have. A shell stops reading there.
    pub fn body_limit(&self) -> usize {
        self.config.body_limit
    }

    /// The response to a body that could not be read.
    pub fn refuse(self, error: BodyError) -> Response {
        let response = RequestError::from(HeadError::Body(error)).respond(&self.config);
        self.cors.apply(self.observation.end_with(response))
    }
}

impl<P: Provider> Engine<P> {
    /// A server that asks for no authorization and allows everything.
    pub fn new(catalog: Catalog<P>, config: Config, ports: Ports) -> Self {
        Self {
            catalog: catalog.with_ports(CatalogPorts::of(&ports)),
            config: Arc::new(config),
            ports,
            authenticator: Arc::new(Anonymous),
            authorizer: Arc::new(AllowAll),
            identity_cache: IdentityCache::default(),
            shutdown: Shutdown::default(),
        }
    }

    /// Sets how callers are verified.
    #[must_use]
    pub fn with_authenticator(self, authenticator: impl Authenticator) -> Self {
        let mut config = Config::clone(&self.config);
        config.protected_resource = authenticator.protected_resource();
        Self { authenticator: Arc::new(authenticator), config: Arc::new(config), ..self }
    }

    /// Sets who decides what callers may do.
    #[must_use]
    pub fn with_authorizer(self, authorizer: impl Authorizer) -> Self {
        Self { authorizer: Arc::new(authorizer), ..self }
    }

    /// Sets that these decide, all of which must allow what a caller does. Without any, everything is allowed.
    #[must_use]
    pub fn with_authorizers(self, mut authorizers: Vec<Arc<dyn Authorizer>>) -> Self {
        let authorizer = match authorizers.len() {
            0 => return self,
            1 => authorizers.remove(0),
            _ => Arc::new(AllOf::new(authorizers)),
        };
        Self { authorizer, ..self }
    }

    /// Sets when calls that still run are answered with an error, which says that they may have run: the server has been told to stop, and
    /// does not wait for them any longer.
    #[must_use]
    pub fn with_end_of_calls(self, end: impl Future<Output = ()> + Send + 'static) -> Self {
        Self { shutdown: Shutdown::at(end), ..self }
    }

    /// The same server over another catalogue: who is verified, what is allowed and when calls end stay as they are. A shell that passes
    /// the requests that begin from now on to this engine lets the others end with the one that admitted them.
    #[must_use]
    pub fn with_catalog(&self, catalog: Catalog<P>) -> Self {
        Self {
            catalog: catalog.with_ports(CatalogPorts::of(&self.ports)),
            config: Arc::clone(&self.config),
            ports: self.ports.clone(),
            authorizer: Arc::clone(&self.authorizer),
            identity_cache: IdentityCache::default(),
            shutdown: self.shutdown.clone(),
            authenticator: Arc::clone(&self.authenticator),
        }
    }

    /// The catalogue of the providers.
    pub fn catalog(&self) -> &Catalog<P> {
        &self.catalog
    }

    /// Decides by the head of a request whether its body is worth reading.
    pub async fn admit(&self, head: &Parts) -> Admission {
        let policy = &self.config.origin_policy;
        let (route, host) = (self.route(head), policy.check_host(head));
        let (is_probe, is_named) = (route.as_ref().is_ok_and(|(route, _)| route.is_probe()), host.is_ok());
        // A probe names the address of a machine rather than the server.
        let named = if is_probe { Ok(()) } else { host };
        let cors = match named.and_then(|()| policy.check_origin(head)) {
            Ok(origin) => Cors::of(origin),
            Err(error) => return Admission::Answered(self.refuse(error)),
        };
        let response = match route {
            Err(error) => self.refuse(error),
            Ok((route, view)) => match cors.preflight(route, head) {
                Some(permission) => permission,
                None if is_probe => self.probe(route, head, is_named).await,
                None if route == Route::ResourceMetadata => self.resource_metadata(head),
                None => match self.admit_message(head, view, &cors).await {
                    Ok(admitted) => return Admission::Body(admitted),
                    Err(response) => response,
                },
            },
        };
        Admission::Answered(cors.apply(response))
    }

    /// The route of a path, and the place of its view among those of the settings.
    fn route(&self, head: &Parts) -> Result<(Route, Option<usize>), HeadError> {
        let route = Route::of(head)?;
        let Some(name) = view_name(head.uri.path()) else { return Ok((route, None)) };
        let place = self.config.views.iter().position(|view| view.name == name);
        Ok((route, Some(place.ok_or(HeadError::UnknownPath)?)))
    }

    /// The response to a request that is refused before it is known what it asks for.
    fn refuse(&self, error: HeadError) -> Response {
        Observation::new(&self.ports).end_with(RequestError::from(error).respond(&self.config))
    }

    /// Admits a message, or answers it.
    async fn admit_message(&self, head: &Parts, view: Option<usize>, cors: &Cors) -> Result<Admitted, Response> {
        let observation = Observation::new(&self.ports);
        match self.check_head(head, &observation).await {
            Ok((caller, events_accepted)) => {
                let (observation, config) = (Arc::new(observation), Arc::clone(&self.config));
                let address = head.extensions.get().map(|ClientAddress(address)| *address);
                Ok(Admitted { caller, events_accepted, view, address, observation, config, cors: cors.clone() })
            }
            Err(error) => Err(observation.end_with(error.respond(&self.config))),
        }
    }

    /// Verifies the caller, then checks method, media types and size.
    async fn check_head(
        &self,
        head: &Parts,
        observation: &Observation,
    ) -> Result<(Option<Arc<Caller>>, bool), RequestError> {
        let caller = self.authenticator.authenticate(head).await.inspect_err(|error| observation.refused(error))?;
        Route::Messages.check_method(head)?;
        request_body::check_form(&head.headers)?;
        let events_accepted = accept::check(&head.headers)?;
        request_body::check_size(&head.headers, self.config.body_limit)?;
        Ok((caller, events_accepted))
    }

    /// Answers the message in the body of a request with these headers, those that it was admitted with.
    pub async fn answer(self: &Arc<Self>, admitted: Admitted, headers: &HeaderMap, body: Bytes) -> Response {
        self.answer_until(admitted, headers, body, pending()).await
    }

    /// Answers as [`answer`](Self::answer) does, or with an error when the shell does not wait any longer for a call whose client has closed
    /// its side of the connection. The error says that the call may have run.
    pub async fn answer_until(
        self: &Arc<Self>,
        admitted: Admitted,
        headers: &HeaderMap,
        body: Bytes,
        given_up: impl Future<Output = ()> + Send,
    ) -> Response {
        let (observation, cors) = (Arc::clone(&admitted.observation), admitted.cors.clone());
        let response = match jsonrpc::parse(&body) {
            Err(malformed) => {
                let error = RequestError::from(MessageError::Malformed(malformed.kind));
                error.respond_to(malformed.id.as_ref(), Version::MODERN, &self.config)
            }
            Ok(Message::Response) => RequestError::from(MessageError::UnexpectedResponse).respond(&self.config),
            // A notification is accepted and dropped: none of those that a client may send asks this server for anything.
            Ok(Message::Notification { method }) => match era::check_notification(headers, &method) {
                Ok(()) => accepted(),
                Err(error) => RequestError::from(error).respond(&self.config),
            },
            Ok(Message::Request(request)) => {
                let run = pin!(pipeline::run(self, admitted, headers, &request));
                // The error is the same in every version.
                let ended = |error: CallError| Err((error.into(), Version::MODERN));
                let answered = match select(pin!(self.shutdown.limit(run)), pin!(given_up)).await {
                    Either::Left((answered, _)) => answered.unwrap_or_else(|| ended(CallError::Stopped)),
                    Either::Right(_) => ended(CallError::GivenUp),
                };
                match answered {
                    Ok(response) => response,
                    Err((error, version)) => error.respond_to(Some(&request.id), version, &self.config),
                }
            }
        };
        cors.apply(match response.body() {
            Body::Full(_) => observation.end_with(response),
            // The stream ends the observation when it ends.
            Body::Events(_) => response,
        })
    }
}
