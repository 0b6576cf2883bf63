//! A composed file: a whole server in one component, which the host only passes requests to.

use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};
use server::Unserved;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use wasmtime::component::{Component, InstancePre};
use wasmtime_wasi_http::p2::bindings::ProxyPre;
use wasmtime_wasi_http::p2::bindings::http::types::{ErrorCode, Scheme};
use wasmtime_wasi_http::p2::body::HyperOutgoingBody;
use wasmtime_wasi_http::{WasiBody, WasiHttpView};

use super::call::{Allowance, Call, store};
use super::failure::{Failure, failure};
use super::grant::Grant;
use super::manners;
use super::slots::Slots;

/// How long a server may wait for others before the head of its answer. What it may compute is its time limit.
const PATIENCE: Duration = Duration::from_secs(600);

/// A server component. Each request gets a new instance.
pub(crate) struct Composed {
    grant: Arc<Grant>,
    component: ProxyPre<Call>,
    slots: Slots,
}

/// The work for one request, given up when dropped.
pub(crate) struct Work(JoinHandle<()>);

impl Composed {
    /// Whether a component is a server of this kind.
    pub(crate) fn is_one(component: &Component) -> bool {
        // A lookup finds the compatible versions as well.
        component.get_export_index(None, "wasi:http/incoming-handler@0.2.0").is_some()
    }

    pub(crate) fn new(grant: Arc<Grant>, component: InstancePre<Call>, slots: Slots) -> wasmtime::Result<Self> {
        Ok(Self { grant, component: ProxyPre::new(component)?, slots })
    }

    /// Passes a request to a new instance. The work goes on for as long as the body is being sent.
    pub(crate) async fn answer(
        self: &Arc<Self>,
        request: Request<WasiBody>,
    ) -> Result<(Response<WasiBody>, Work), Unserved> {
        let (sender, head) = oneshot::channel();
        let composed = self.clone();
        let (admitted, is_admitted) = oneshot::channel();
        let mut work = Work(tokio::spawn(async move {
            let outcome = match composed.slots.take(PATIENCE).await {
                Some(_slot) => {
                    let _ = admitted.send(());
                    // The head may take its time, and what follows it as much again: then the slot is free in any case.
                    let run = timeout(PATIENCE * 2, manners::run(composed.run(request, sender)));
                    run.await.unwrap_or(Err(Failure::Waited(PATIENCE * 2)))
                }
                None => return,
            };
            if let Err(failure) = outcome {
                failure.report(&composed.grant, true);
            }
        }));
        if is_admitted.await.is_err() {
            return Err(Unserved::Busy);
        }
        match timeout(PATIENCE, head).await {
            Ok(Ok(Ok(response))) => Ok((response, work)),
            Ok(Ok(Err(ErrorCode::HttpRequestUriInvalid))) => Err(Unserved::NoHost),
            Ok(Ok(Err(_))) => Err(Unserved::Failed),
            // The sender is gone: the work has failed, and says how.
            Ok(Err(_)) => {
                let _ = (&mut work.0).await;
                Err(Unserved::Failed)
            }
            Err(_) => {
                Failure::Waited(PATIENCE).report(&self.grant, true);
                Err(Unserved::Failed)
            }
        }
    }

    async fn run(
        &self,
        request: Request<WasiBody>,
        head: oneshot::Sender<Result<Response<HyperOutgoingBody>, ErrorCode>>,
    ) -> Result<(), Failure> {
        let mut store = store(self.component.engine(), &self.grant, Allowance::Computing(self.grant.limits.time));
        let request = match store.data_mut().http().new_incoming_request(Scheme::Http, request) {
            Ok(request) => request,
            Err(_) => {
                let _ = head.send(Err(ErrorCode::HttpRequestUriInvalid));
                return Ok(());
            }
        };
        let done = async {
            let head = store.data_mut().http().new_response_outparam(head)?;
            let server = self.component.instantiate_async(&mut store).await?;
            server.wasi_http_incoming_handler().call_handle(&mut store, request, head).await
        }
        .await;
        done.map_err(|error| failure(error, store.data().memory.exhausted))
    }
}

impl Work {
    /// Lets the component finish what it does after its answer.
    pub(crate) fn finish(self) {
        if !self.0.is_finished() {
            tokio::spawn(async move {
                let mut work = self;
                let _ = timeout(PATIENCE, &mut work.0).await;
            });
        }
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        self.0.abort();
    }
}
