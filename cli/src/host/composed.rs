//! A composed file: a whole server in one component. The host passes it HTTP requests.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use http::{Request, Response};
use server::GatewayError;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use wasmtime::Store;
use wasmtime::component::{Component, InstancePre};
use wasmtime_wasi_http::p2::bindings::ProxyIndices;
use wasmtime_wasi_http::p2::bindings::http::types::{ErrorCode, Scheme};
use wasmtime_wasi_http::p2::body::HyperOutgoingBody;
use wasmtime_wasi_http::{WasiBody, WasiHttpView};

use super::grant::Grant;
use super::instance::{
    ComputeTime, Failure, Slot, Slots, StoreData, TimeLimit, begin_call, classify, new_store, run_cooperatively,
};
use super::prepared::{PreparedInstance, PreparedInstances};

/// How long a server may take for the head of its response, waiting included. Its time limit is for computing alone.
const HEAD_TIMEOUT: Duration = Duration::from_secs(600);

/// A composed server. Each request gets an instance of its own.
pub(crate) struct Composed {
    grant: Arc<Grant>,
    component: InstancePre<StoreData>,
    exports: ProxyIndices,
    slots: Slots,
    prepared: Arc<PreparedInstances>,
}

/// The task that runs the instance of one request. Dropping it aborts the task.
pub(crate) struct Work {
    task: JoinHandle<()>,
    has_failed: Arc<AtomicBool>,
}

/// Tells that an instance has failed, unless it is dropped after a success. It has to be dropped before the store: with the store the body of
/// a response ends as if it were whole.
struct FailureSign {
    has_failed: Arc<AtomicBool>,
    is_success: bool,
}

impl Composed {
    /// Whether a component exports what a composed server exports.
    pub(crate) fn is_one(component: &Component) -> bool {
        // wasmtime's lookup finds compatible versions as well.
        component.get_export_index(None, "wasi:http/incoming-handler@0.2.0").is_some()
    }

    pub(crate) fn new(
        grant: Arc<Grant>,
        component: InstancePre<StoreData>,
        slots: Slots,
        prepared: Arc<PreparedInstances>,
    ) -> wasmtime::Result<Self> {
        Ok(Self { grant, exports: ProxyIndices::new(&component)?, component, slots, prepared })
    }

    /// How many bytes an answer may have, or an event of one.
    pub(crate) fn answer_limit(&self) -> usize {
        self.grant.limits.result
    }

    /// Tells the operator that an answer, or an event of one, had more bytes.
    pub(crate) fn report_large_answer(&self) {
        Failure::AnswerTooLarge.report(&self.grant, true, None, None);
    }

    /// Passes a request to an instance. The returned work makes the body, and has to live until the body is sent.
    pub(crate) async fn answer(
        self: &Arc<Self>,
        request: Request<WasiBody>,
    ) -> Result<(Response<WasiBody>, Work), GatewayError> {
        let (sender, head) = oneshot::channel();
        let composed = self.clone();
        let (admitted, is_admitted) = oneshot::channel();
        let has_failed = Arc::<AtomicBool>::default();
        let sign = FailureSign { has_failed: Arc::clone(&has_failed), is_success: false };
        let task = tokio::spawn(async move {
            let outcome = match composed.slots.take(HEAD_TIMEOUT, || composed.prepared.take()).await {
                Some((mut slot, prepared)) => {
                    let _ = admitted.send(());
                    // The body may take as long as the head. After that the slot becomes free in any case.
                    let time = ComputeTime::of(composed.grant.limits.time);
                    let run = composed.run(request, sender, Arc::clone(&time), prepared, &mut slot, sign);
                    let run = timeout(HEAD_TIMEOUT * 2, run_cooperatively(time.limit(run), &composed.grant.history));
                    match run.await {
                        Ok(Some(outcome)) => outcome.map(|ended| {
                            drop(ended);
                            composed.prepared.prepare_another();
                        }),
                        Ok(None) => Err(Failure::TimedOut),
                        Err(_) => Err(Failure::Waited(HEAD_TIMEOUT * 2)),
                    }
                }
                None => return,
            };
            if let Err(failure) = outcome {
                failure.report(&composed.grant, true, None, None);
            }
        });
        let mut work = Work { task, has_failed };
        if is_admitted.await.is_err() {
            return Err(GatewayError::Busy);
        }
        match timeout(HEAD_TIMEOUT, head).await {
            Ok(Ok(Ok(response))) => Ok((response, work)),
            Ok(Ok(Err(ErrorCode::HttpRequestUriInvalid))) => Err(GatewayError::NoHost),
            Ok(Ok(Err(_))) => Err(GatewayError::Failed),
            // The sender was dropped: the work has failed, and reports why.
            Ok(Err(_)) => {
                let _ = (&mut work.task).await;
                Err(GatewayError::Failed)
            }
            Err(_) => {
                Failure::Waited(HEAD_TIMEOUT).report(&self.grant, true, None, None);
                Err(GatewayError::Failed)
            }
        }
    }

    async fn run(
        &self,
        request: Request<WasiBody>,
        head: oneshot::Sender<Result<Response<HyperOutgoingBody>, ErrorCode>>,
        time: Arc<ComputeTime>,
        prepared: Option<PreparedInstance>,
        slot: &mut Slot<'_>,
        sign: FailureSign,
    ) -> Result<Store<StoreData>, Failure> {
        let time = TimeLimit::Computing(time);
        let (mut store, started) = match prepared {
            Some(PreparedInstance { mut store, instance }) => {
                begin_call(&mut store, time);
                (store, Some(instance))
            }
            None => (new_store(self.component.engine(), &self.grant, time, slot.take_memory()), None),
        };
        // It is dropped before the store, also where this future is.
        let mut sign = sign;
        self.grant.limits.set_transfer_limit(&mut store);
        let request = match store.data_mut().http().new_incoming_request(Scheme::Http, request) {
            Ok(request) => request,
            Err(_) => {
                let _ = head.send(Err(ErrorCode::HttpRequestUriInvalid));
                sign.is_success = true;
                return Ok(store);
            }
        };
        let done = async {
            let head = store.data_mut().http().new_response_outparam(head)?;
            let instance = match started {
                Some(instance) => instance,
                None => {
                    let instance = self.component.instantiate_async(&mut store).await?;
                    slot.started_with(store.data().memory.used());
                    instance
                }
            };
            let server = self.exports.load(&mut store, &instance)?;
            server.wasi_http_incoming_handler().call_handle(&mut store, request, head).await
        }
        .await;
        match done {
            Ok(()) => {
                sign.is_success = true;
                Ok(store)
            }
            Err(error) => Err(classify(error, store.data().memory.shortage)),
        }
    }
}

impl Drop for FailureSign {
    fn drop(&mut self) {
        if !self.is_success {
            self.has_failed.store(true, Ordering::Release);
        }
    }
}

impl Work {
    /// Whether the component has failed. It may have done so after the end of its response.
    pub(crate) fn has_failed(&self) -> bool {
        self.has_failed.load(Ordering::Acquire)
    }

    /// Waits for the end of a component that has failed, so that its reason is logged before the client learns that there is one.
    pub(crate) async fn end(mut self) {
        let _ = (&mut self.task).await;
    }

    /// Lets the component finish what it does after its response, within the same time.
    pub(crate) fn finish(self) {
        if !self.task.is_finished() {
            tokio::spawn(async move {
                let mut work = self;
                let _ = timeout(HEAD_TIMEOUT, &mut work.task).await;
            });
        }
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        self.task.abort();
    }
}
