//! Serves the engine over HTTP.

use std::sync::Arc;

use contract::Provider;
use http::{Request, Response};
use server::{Admission, Engine};

use super::client_body::ClientBody;
use super::listen::Service;
use super::request_body::read;
use super::response_body::ResponseBody;
use super::timeouts::Timeouts;

/// The native engine as a service.
pub(crate) struct NativeService<P: Provider>(Arc<Engine<P>>);

impl<P: Provider> NativeService<P> {
    pub(crate) fn new(engine: Engine<P>) -> Self {
        Self(Arc::new(engine))
    }
}

impl<P: Provider> Service for NativeService<P> {
    async fn answer(&self, request: Request<ClientBody>, timeouts: Timeouts) -> Response<ResponseBody> {
        let (head, body) = request.into_parts();
        match self.0.admit(&head).await {
            Admission::Answered(response) => response.map(ResponseBody::from),
            Admission::Body(admitted) => match read(body, admitted.body_limit(), timeouts).await {
                Ok((body, held)) => {
                    // The future is on the heap, as hyper moves the whole future of a request a few times.
                    let response = Box::pin(self.0.answer(admitted, &head.headers, body)).await;
                    response.map(|body| ResponseBody::from(body).after_request(held))
                }
                Err(error) => admitted.refuse(error).map(ResponseBody::from),
            },
        }
    }
}
