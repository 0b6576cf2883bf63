//! The authorizer of one request, which asks the bundle that was there when the request began.

use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::Poll;
use std::time::Instant;

use catalog::{ItemFacts, Owned};
use contract::model::{CompletionRef, Context, Implementation, Tool, ToolAnnotations};
use server::{
    AccessRequest, Authorizer, BoxFuture, Caller, Decision, Limits, ListRequest, ListedItems, RequestHead, Verdict,
    Visibility,
};

use settings::Denials;

use super::{Policies, Shared};
use crate::bundle::Bundle;
use crate::decision;
use crate::document::Document;
use crate::error::InputError;
use crate::identity::{Identity, IdentityParts};
use crate::input::{Annotations, Input, Item, Phase, Reference, Server};
use crate::record::Record;
use crate::request::{Request, RequestParts};

/// After how many items of a list other tasks may run.
const ITEMS_AT_ONCE: usize = 16;

/// Decides about one request.
pub(super) struct OfRequest {
    shared: Arc<Shared>,
    policies: Policies,
    path: String,
    view: Option<String>,
    headers: Vec<(String, String)>,
    /// Whether the providers were asked for what a dry run alone would know.
    asked: AtomicBool,
    address: Option<String>,
    server: Option<Implementation>,
    /// Of the caller and the client, which are the same for all decisions of a request.
    parts: OnceLock<Result<(Option<Identity>, Request), InputError>>,
}

impl OfRequest {
    pub(super) fn new(shared: Arc<Shared>, head: &RequestHead<'_>) -> Self {
        // Lines of one name are one value (RFC 9110 §5.3).
        let headers = shared.options.headers.iter().filter_map(|name| {
            let values: Vec<_> =
                head.headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
            (!values.is_empty()).then(|| (name.as_str().to_owned(), values.join(", ")))
        });
        let headers = headers.collect();
        Self {
            policies: shared.policies(),
            path: head.path.to_owned(),
            view: head.view.map(|view| view.name.clone()),
            headers,
            asked: AtomicBool::new(false),
            address: head.address.map(|address| address.to_string()),
            server: head.server(),
            parts: OnceLock::new(),
            shared,
        }
    }

    /// The members of the document that are the same for all decisions of the request.
    fn parts(&self, caller: Option<&Caller>, context: &Context) -> &Result<(Option<Identity>, Request), InputError> {
        self.parts.get_or_init(|| {
            let identity = caller.map(|Caller { principal, roles, groups }| {
                Identity::new(&IdentityParts {
                    issuer: &principal.issuer,
                    subject: &principal.subject,
                    client: principal.client_id.as_deref(),
                    scopes: &principal.scopes,
                    roles,
                    groups,
                    claims: &principal.claims,
                })
            });
            let headers: Vec<_> = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            let request = Request::new(&RequestParts {
                id: Some(&context.call_id),
                protocol_version: Some(&context.protocol_version),
                client: context.client.as_ref().map(|client| (client.name.as_str(), client.version.as_str())),
                headers: &headers,
                address: self.address.as_deref(),
            });
            Ok((identity.transpose()?, request))
        })
    }

    fn document(
        &self,
        (phase, method): (Phase, &str),
        (item, provider): (Item<'_>, Option<&str>),
        (caller, context): (Option<&Caller>, &Context),
    ) -> Result<Document, InputError> {
        let (identity, request) = self.parts(caller, context).as_ref().map_err(|error| *error)?;
        let server = self.server.as_ref().map(|server| Server { name: &server.name, version: &server.version });
        Input {
            phase,
            method,
            path: &self.path,
            view: self.view.as_deref(),
            server,
            item,
            provider,
            identity: identity.as_ref(),
            request,
            time_ns: self.shared.clock.unix_ms().saturating_mul(1_000_000),
        }
        .document()
    }

    fn decide(&self, request: &AccessRequest<'_>) -> Decision {
        let facts = request.facts();
        let item = item_of(&request.item, facts.as_ref());
        if self.waits_for_facts(&item, facts.as_ref()) {
            return Decision::needs_facts();
        }
        let owner = facts.as_ref().map(|facts| &*facts.owner);
        let document = self.document((Phase::Call, request.method), (item, owner), (request.caller, request.context));
        let decision = match &document {
            Ok(document) => {
                if let Some(dry_run) = &self.policies.dry_run {
                    self.run(dry_run, document, true);
                }
                self.run(&self.policies.bundle, document, false)
            }
            Err(error) => self.unreadable(*error, request, owner),
        };
        self.told(decision)
    }

    /// Denies what no document can be made of, and records it by what is known.
    fn unreadable(&self, error: InputError, request: &AccessRequest<'_>, owner: Option<&str>) -> decision::Decision {
        let item = match request.item {
            server::Item::Tool { name, .. } => Item::Tool { name, annotations: None, arguments: "{}" },
            _ => Item::Method,
        };
        let known = self.document((Phase::Call, request.method), (item, owner), (request.caller, request.context));
        let decision = decision::Decision::from(error);
        if let Ok(document) = known {
            self.record(&self.policies.bundle, &document, false, (&decision, 0));
        }
        decision
    }

    /// Whether the policy asks for what is not known yet.
    fn waits_for_facts(&self, item: &Item<'_>, facts: Option<&ItemFacts>) -> bool {
        let is_known = match item {
            Item::Method => true,
            Item::Tool { .. } => facts.is_some_and(|facts| facts.tool.is_some()),
            _ => facts.is_some(),
        };
        // A dry run changes no answer: it gets what can be had once.
        let dry_run_reads = || self.policies.dry_run.as_ref().is_some_and(|bundle| bundle.reads_facts());
        !is_known
            && (self.policies.bundle.reads_facts() || (dry_run_reads() && !self.asked.swap(true, Ordering::Relaxed)))
    }

    /// Decides by a bundle, and records it.
    fn run(&self, bundle: &Bundle, document: &Document, dry_run: bool) -> decision::Decision {
        if self.shared.options.log.is_none() {
            return bundle.decide(document);
        }
        let (decision, micros) = timed(|| bundle.decide(document));
        self.record(bundle, document, dry_run, (&decision, micros));
        decision
    }

    fn record(
        &self,
        bundle: &Bundle,
        document: &Document,
        dry_run: bool,
        (decision, micros): (&decision::Decision, u64),
    ) {
        let Some(log) = &self.shared.options.log else { return };
        let mut id = [0; 8];
        self.shared.random.fill(&mut id);
        let id = format!("{:016x}", u64::from_be_bytes(id));
        let record = Record { id: &id, revision: bundle.revision(), dry_run, document, decision, micros };
        log.write(record.to_line(&self.shared.options.record));
    }

    fn told(&self, decision: decision::Decision) -> Decision {
        let limits = Limits {
            time_ms: decision.limits.time_ms,
            result_bytes: decision.limits.result_bytes.map(|bytes| usize::try_from(bytes).unwrap_or(usize::MAX)),
        };
        let verdict = match (decision.verdict, self.shared.options.denials) {
            (decision::Verdict::Allow, _) => Verdict::Allow,
            (decision::Verdict::StepUp(scopes), _) => Verdict::StepUp(scopes),
            (decision::Verdict::Deny, Denials::Hidden) => Verdict::Deny,
            (decision::Verdict::Deny, Denials::Forbidden) => Verdict::Forbid,
        };
        Decision { verdict, reason: decision.reason, limits }
    }

    fn shows(&self, list: &ListRequest<'_>, method: &str, item: Item<'_>, owner: Option<&str>) -> bool {
        let document = self.document((Phase::List, method), (item, owner), (list.caller, list.context));
        document.is_ok_and(|document| self.policies.bundle.decide(&document).shows())
    }
}

/// The value and how long it took, in microseconds.
fn timed<T>(run: impl FnOnce() -> T) -> (T, u64) {
    let began = Instant::now();
    let value = run();
    (value, u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX))
}

impl Authorizer for OfRequest {
    fn authorize<'a>(&'a self, request: &'a AccessRequest<'_>) -> BoxFuture<'a, Decision> {
        Box::pin(std::future::ready(self.decide(request)))
    }

    fn filter<'a>(&'a self, list: &'a ListRequest<'_>) -> BoxFuture<'a, Visibility> {
        /// Lets others run between items, so that a long list ends within the time of its request.
        async fn each<T: Sync>(
            items: &[Owned<T>],
            shows: impl Fn(&T, Option<&str>) -> bool + Send + Sync,
        ) -> Vec<bool> {
            let mut shown = Vec::with_capacity(items.len());
            for owned in items {
                shown.push(shows(&owned.item, owned.owner.as_deref()));
                if shown.len().is_multiple_of(ITEMS_AT_ONCE) {
                    yield_once().await;
                }
            }
            shown
        }
        Box::pin(async move {
            let shown = match list.items {
                ListedItems::Tools(tools) => {
                    each(tools, |tool, owner| {
                        let item =
                            Item::Tool { name: &tool.name, annotations: Some(annotations_of(tool)), arguments: "{}" };
                        self.shows(list, "tools/call", item, owner)
                    })
                    .await
                }
                ListedItems::Resources(items) => {
                    each(items, |resource, owner| {
                        let item = Item::Resource { uri: &resource.uri, template: false };
                        self.shows(list, "resources/read", item, owner)
                    })
                    .await
                }
                ListedItems::Templates(items) => {
                    each(items, |template, owner| {
                        let item = Item::Resource { uri: &template.uri_template, template: true };
                        self.shows(list, "resources/read", item, owner)
                    })
                    .await
                }
                ListedItems::Prompts(items) => {
                    each(items, |prompt, owner| {
                        self.shows(list, "prompts/get", Item::Prompt { name: &prompt.name, arguments: &[] }, owner)
                    })
                    .await
                }
            };
            // The policy may be another in a moment.
            Visibility::Filtered { shown, ttl_ms: 0 }
        })
    }
}

/// Lets other tasks run.
async fn yield_once() {
    let mut has_yielded = false;
    poll_fn(|task| {
        if std::mem::replace(&mut has_yielded, true) {
            return Poll::Ready(());
        }
        task.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

fn item_of<'a>(item: &server::Item<'a>, facts: Option<&'a ItemFacts>) -> Item<'a> {
    match *item {
        server::Item::Method => Item::Method,
        server::Item::Tool { name, arguments } => {
            let tool = facts.and_then(|facts| facts.tool.as_ref());
            Item::Tool { name, annotations: tool.map(|facts| annotations_of(&facts.tool)), arguments }
        }
        server::Item::Resource { uri } => Item::Resource { uri, template: false },
        server::Item::Prompt { name, arguments } => Item::Prompt { name, arguments },
        server::Item::Completion { reference, argument, value, arguments } => {
            let reference = match reference {
                CompletionRef::Prompt(name) => Reference::Prompt(name),
                CompletionRef::ResourceTemplate(text) => Reference::Resource(text),
                CompletionRef::Unnamed(_) => Reference::Unknown,
            };
            Item::Completion { reference, argument, value, arguments }
        }
    }
}

fn annotations_of(tool: &Tool) -> Annotations {
    let said = |member: fn(&ToolAnnotations) -> Option<bool>| tool.annotations.as_ref().and_then(member);
    Annotations {
        read_only: said(|said| said.read_only_hint),
        destructive: said(|said| said.destructive_hint),
        idempotent: said(|said| said.idempotent_hint),
        open_world: said(|said| said.open_world_hint),
    }
}
