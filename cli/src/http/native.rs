//! Serves the engine over HTTP.

use std::sync::{Arc, PoisonError, RwLock};

use contract::Provider;
use http::{Request, Response};
use server::{Admission, Engine};

use super::client_body::ClientBody;
use super::listen::Service;
use super::request_body::read;
use super::response_body::ResponseBody;
use super::timeouts::Timeouts;

/// The native engine as a service. It can be replaced while requests run: each is answered by the engine that was there when it began.
pub(crate) struct NativeService<P: Provider>(Arc<RwLock<Arc<Engine<P>>>>);

impl<P: Provider> NativeService<P> {
    pub(crate) fn new(engine: Engine<P>) -> Self {
        Self(Arc::new(RwLock::new(Arc::new(engine))))
    }

    /// The engine for requests that begin now.
    pub(crate) fn engine(&self) -> Arc<Engine<P>> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Replaces the engine for requests that begin from now on.
    pub(crate) fn replace(&self, engine: Engine<P>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(engine);
    }
}

impl<P: Provider> Clone for NativeService<P> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<P: Provider> Service for NativeService<P> {
    async fn answer(
        &self,
        request: Request<ClientBody>,
        timeouts: Timeouts,
        given_up: impl Future<Output = ()> + Send + 'static,
    ) -> Response<ResponseBody> {
        let ((head, body), engine) = (request.into_parts(), self.engine());
        match engine.admit(&head).await {
            Admission::Answered(response) => response.map(ResponseBody::from),
            Admission::Body(admitted) => match read(body, admitted.body_limit(), timeouts).await {
                Ok((body, held)) => {
                    let response = engine.answer_until(admitted, &head.headers, body, given_up).await;
                    response.map(|body| ResponseBody::from(body).after_request(held))
                }
                Err(error) => admitted.refuse(error).map(ResponseBody::from),
            },
        }
    }
}
