//! The authorizer of one request, which asks the bundle that was there when the request began.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use catalog::ItemFacts;
use contract::model::{CompletionRef, Context, Implementation, Tool, ToolAnnotations};
use server::{
    AccessRequest, Authorizer, BoxFuture, Caller, Decision, EngineDenial, ListRequest, RequestHead, Verdict, Visibility,
};

use settings::Denials;

use super::{Policies, Shared, lists};
use crate::bundle::Bundle;
use crate::decision;
use crate::decision_cache::{CacheInput, Key};
use crate::document::Document;
use crate::error::InputError;
use crate::identity::{Identity, IdentityParts};
use crate::input::{Annotations, Input, Item, Members, Phase, Reference, Server};
use crate::record::Record;
use crate::request::{Request, RequestParts};

/// The longest claims, in bytes, that are kept with their caller: as values they take several times as much, for each token that is remembered.
const MAX_KEPT_CLAIMS: usize = 4096;

/// What is kept with a caller.
struct KnownCaller {
    /// Stands for the identity in the keys of answers that are kept. No other has it.
    number: u64,
    identity: Result<Identity, InputError>,
}

impl KnownCaller {
    fn of(caller: &Caller) -> Self {
        static LAST: AtomicU64 = AtomicU64::new(ANONYMOUS);
        Self { number: LAST.fetch_add(1, Ordering::Relaxed) + 1, identity: identity_of(caller) }
    }
}

/// The number of a caller that no token names.
const ANONYMOUS: u64 = 0;

/// What is asked about.
struct Question<'a> {
    phase: Phase,
    method: &'a str,
    item: Item<'a>,
    owner: Option<&'a str>,
    caller: Option<&'a Caller>,
    context: &'a Context,
}

/// Decides about one request.
pub(super) struct OfRequest {
    shared: Arc<Shared>,
    policies: Policies,
    path: String,
    view: Option<String>,
    headers: Vec<(String, String)>,
    /// Whether the providers were asked for what a dry run alone would know.
    asked: AtomicBool,
    /// The verdicts that have a record. Where only a list tells the owner, the engine asks twice about one call.
    recorded: Mutex<Vec<(bool, decision::Verdict)>>,
    address: Option<String>,
    server: Option<Arc<Implementation>>,
    /// The members of the document that are the same for all decisions of a request, once one has needed them.
    identity: OnceLock<Result<Option<Identity>, InputError>>,
    request: OnceLock<Request>,
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
            recorded: Mutex::default(),
            address: head.address.map(|address| address.to_string()),
            server: head.server(),
            identity: OnceLock::new(),
            request: OnceLock::new(),
            shared,
        }
    }

    fn identity(&self, caller: Option<&Caller>) -> Result<Option<&Identity>, InputError> {
        let identity = self.identity.get_or_init(|| {
            let identity = caller.map(|caller| match known(caller) {
                Some(known) => known.identity.clone(),
                None => identity_of(caller),
            });
            identity.transpose()
        });
        identity.as_ref().map(Option::as_ref).map_err(|error| *error)
    }

    fn request(&self, context: &Context) -> &Request {
        self.request.get_or_init(|| {
            let headers: Vec<_> = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            Request::new(&RequestParts {
                id: Some(&context.call_id),
                protocol_version: Some(&context.protocol_version),
                client: context.client.as_ref().map(|client| (client.name.as_str(), client.version.as_str())),
                headers: &headers,
                address: self.address.as_deref(),
            })
        })
    }

    fn server(&self) -> Option<Server<'_>> {
        self.server.as_ref().map(|server| Server { name: &server.name, version: &server.version })
    }

    /// The document for records and for all that are asked. It has the arguments if one of these reads them.
    fn document(&self, question: &Question<'_>) -> Result<Document, InputError> {
        let Policies { bundle, dry_run, .. } = &self.policies;
        let reads = |bundle: &Arc<Bundle>| bundle.members().arguments;
        let arguments = self.shared.options.record.arguments || reads(bundle) || dry_run.as_ref().is_some_and(reads);
        self.document_with(question, Members { arguments, ..Members::ALL })
    }

    /// The document with these members, and those that take no time.
    fn document_with(&self, question: &Question<'_>, members: Members) -> Result<Document, InputError> {
        let left_out = Request::left_out();
        Input {
            phase: question.phase,
            method: question.method,
            path: &self.path,
            view: self.view.as_deref(),
            server: self.server(),
            item: question.item,
            provider: question.owner,
            identity: self.identity(question.caller)?,
            request: if members.request { self.request(question.context) } else { &left_out },
            time_ns: self.shared.clock.unix_ms().saturating_mul(1_000_000),
        }
        .document_with(members)
    }

    /// The key of the answers to a question, if a bundle keeps such answers.
    fn key(&self, bundle: &Bundle, question: &Question<'_>) -> Option<Key> {
        if !bundle.keeps(question.phase) {
            return None;
        }
        let caller = match question.caller {
            None => ANONYMOUS,
            Some(caller) => known(caller)?.number,
        };
        Key::of(&CacheInput {
            phase: question.phase,
            method: question.method,
            path: &self.path,
            view: self.view.as_deref(),
            server: self.server(),
            item: question.item,
            provider: question.owner,
            caller,
        })
    }

    /// Decides by the answers that are kept, or else about the document. Arguments that make no document are refused whatever is kept.
    fn answer(&self, bundle: &Bundle, question: &Question<'_>) -> Result<decision::Decision, InputError> {
        let Some(key) = self.key(bundle, question) else {
            return Ok(bundle.decide(&self.document_with(question, bundle.members())?));
        };
        match bundle.recall(&key) {
            Some(decision) => question.item.check_arguments(question.phase, bundle.members()).map(|()| decision),
            None => Ok(bundle.decide_and_keep(&self.document_with(question, bundle.members())?, key, question.phase)),
        }
    }

    fn decide(&self, request: &AccessRequest<'_>) -> Decision {
        let facts = request.facts();
        let item = item_of(&request.item, facts.as_ref());
        if self.waits_for_facts(&item, facts.as_ref()) {
            return Decision::needs_facts();
        }
        let question = question(request, item, facts.as_ref());
        let decision = match self.shared.options.log.is_some() {
            true => self.recorded_decision(&question),
            false => self.answer(&self.policies.bundle, &question),
        };
        let decision = decision.unwrap_or_else(|error| {
            let decision = decision::Decision::from(error);
            self.record_without_arguments(&question, &decision);
            decision
        });
        self.server_decision(decision, request.caller)
    }

    /// Decides, and records the decision and that of the dry run. Neither a record nor a dry run denies a call whose arguments have too many
    /// values: the record leaves them out, and a dry run that reads them is recorded as a denial.
    fn recorded_decision(&self, question: &Question<'_>) -> Result<decision::Decision, InputError> {
        let bundle = &self.policies.bundle;
        let (document, too_many) = match self.document(question) {
            Err(error @ InputError::TooManyValues { .. }) if !bundle.members().arguments => {
                (self.document_with(question, Members::ALL_BUT_ARGUMENTS)?, Some(error))
            }
            document => (document?, None),
        };
        if let Some(dry_run) = &self.policies.dry_run {
            match too_many.filter(|_| dry_run.members().arguments) {
                Some(error) => self.record(dry_run, &document, true, (&decision::Decision::from(error), 0)),
                None => {
                    self.run(dry_run, (question, &document), true);
                }
            }
        }
        Ok(self.run(bundle, (question, &document), false))
    }

    /// Records a decision about what no document can be made of, by what is known.
    fn record_without_arguments(&self, question: &Question<'_>, decision: &decision::Decision) {
        let item = match question.item {
            Item::Tool { name, .. } => Item::Tool { name, annotations: None, arguments: "{}" },
            item => item,
        };
        if let Ok(document) = self.document_with(&Question { item, ..*question }, Members::ALL_BUT_ARGUMENTS) {
            self.record(&self.policies.bundle, &document, false, (decision, 0));
        }
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
    fn run(
        &self,
        bundle: &Bundle,
        (question, document): (&Question<'_>, &Document),
        dry_run: bool,
    ) -> decision::Decision {
        let began_us = self.shared.clock.monotonic_us();
        let key = self.key(bundle, question);
        let decision = match key.as_ref().and_then(|key| bundle.recall(key)) {
            Some(decision) => decision,
            None => match key {
                Some(key) => bundle.decide_and_keep(document, key, question.phase),
                None => bundle.decide(document),
            },
        };
        let micros = self.shared.clock.monotonic_us().saturating_sub(began_us);
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
        let of_verdict = (dry_run, decision.verdict.clone());
        {
            let mut recorded = self.recorded.lock().unwrap_or_else(PoisonError::into_inner);
            if recorded.contains(&of_verdict) {
                return;
            }
            recorded.push(of_verdict);
        }
        let mut id = [0; 8];
        self.shared.random.fill(&mut id);
        let id = format!("{:016x}", u64::from_be_bytes(id));
        let record = Record { id: &id, revision: bundle.revision(), dry_run, document, decision, micros };
        log.write(record.to_line(&self.shared.options.record));
    }

    fn server_decision(&self, decision: decision::Decision, caller: Option<&Caller>) -> Decision {
        let verdict = match (decision.verdict, self.shared.options.denials) {
            (decision::Verdict::Allow, _) => Verdict::Allow,
            (decision::Verdict::StepUp(scopes), _) => Verdict::StepUp(with_those_of_the_token(scopes, caller)),
            (decision::Verdict::Deny, Denials::Hidden) => Verdict::Deny,
            (decision::Verdict::Deny, Denials::Forbidden) => Verdict::Forbid,
        };
        Decision { verdict, reason: decision.reason, limits: decision.limits }
    }

    /// Whether the caller of a list may see an item of it, which this method would run.
    pub(super) fn shows(&self, list: &ListRequest<'_>, method: &str, item: Item<'_>, owner: Option<&str>) -> bool {
        let ListRequest { caller, context, .. } = *list;
        let question = Question { phase: Phase::List, method, item, owner, caller, context };
        self.answer(&self.policies.bundle, &question).is_ok_and(|decision| decision.shows())
    }
}

/// What is kept with a caller, whose claims are then read once for all requests with one token. None for long claims.
fn known(caller: &Caller) -> Option<Arc<KnownCaller>> {
    (caller.principal.claims.len() <= MAX_KEPT_CLAIMS).then(|| caller.derived.get_or_make(|| KnownCaller::of(caller)))
}

/// The question whether a request may run.
fn question<'a>(request: &'a AccessRequest<'_>, item: Item<'a>, facts: Option<&'a ItemFacts>) -> Question<'a> {
    let AccessRequest { method, caller, context, .. } = *request;
    Question { phase: Phase::Call, method, item, owner: facts.map(|facts| &*facts.owner), caller, context }
}

fn identity_of(Caller { principal, roles, groups, .. }: &Caller) -> Result<Identity, InputError> {
    Identity::new(&IdentityParts {
        issuer: &principal.issuer,
        subject: &principal.subject,
        client: principal.client_id.as_deref(),
        scopes: &principal.scopes,
        roles,
        groups,
        claims: &principal.claims,
    })
}

/// The scopes, and with them those that the token has: clients of older versions ask for what the challenge names and lose the rest (MCP
/// 2025-11-25, scope challenge handling).
fn with_those_of_the_token(mut needed: Vec<String>, caller: Option<&Caller>) -> Vec<String> {
    for scope in caller.into_iter().flat_map(|caller| &caller.principal.scopes) {
        if !needed.contains(scope) {
            needed.push(scope.clone());
        }
    }
    needed
}

impl Authorizer for OfRequest {
    fn authorize<'a>(&'a self, request: &'a AccessRequest<'_>) -> BoxFuture<'a, Decision> {
        Box::pin(std::future::ready(self.decide(request)))
    }

    fn denied(&self, request: &AccessRequest<'_>, denial: EngineDenial) {
        if self.shared.options.log.is_none() {
            return;
        }
        let (facts, decision) = (request.facts(), decision::Decision::from(denial));
        let question = question(request, item_of(&request.item, facts.as_ref()), facts.as_ref());
        match self.document(&question) {
            Ok(document) => self.record(&self.policies.bundle, &document, false, (&decision, 0)),
            Err(_) => self.record_without_arguments(&question, &decision),
        }
    }

    fn filter<'a>(&'a self, list: &'a ListRequest<'_>) -> BoxFuture<'a, Visibility> {
        lists::filter(self, list)
    }
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

/// What a tool says of itself, as policies see it.
pub(super) fn annotations_of(tool: &Tool) -> Annotations {
    let said = |member: fn(&ToolAnnotations) -> Option<bool>| tool.annotations.as_ref().and_then(member);
    Annotations {
        read_only: said(|said| said.read_only_hint),
        destructive: said(|said| said.destructive_hint),
        idempotent: said(|said| said.idempotent_hint),
        open_world: said(|said| said.open_world_hint),
    }
}
