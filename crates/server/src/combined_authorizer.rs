//! Several authorizers as one, which allows what all of them allow.

use std::borrow::Cow;
use std::sync::Arc;

use crate::authorization::{
    AccessRequest, Authorizer, Decision, EngineDenial, Limits, ListRequest, RequestHead, Verdict, Visibility,
};
use crate::ports::BoxFuture;

/// Allows what all of these allow.
pub struct AllOf(Vec<Arc<dyn Authorizer>>);

impl AllOf {
    /// An authorizer that asks each of these.
    #[must_use]
    pub fn new(authorizers: Vec<Arc<dyn Authorizer>>) -> Self {
        Self(authorizers)
    }
}

impl Authorizer for AllOf {
    fn begin(&self, head: &RequestHead<'_>) -> Option<Arc<dyn Authorizer>> {
        let begun: Vec<_> = self.0.iter().map(|authorizer| authorizer.begin(head)).collect();
        if begun.iter().all(Option::is_none) {
            return None;
        }
        let of_request = begun.into_iter().zip(&self.0).map(|(begun, own)| begun.unwrap_or_else(|| Arc::clone(own)));
        Some(Arc::new(Self(of_request.collect())))
    }

    /// Denied is stronger than a step-up, since more scopes would not help; all scopes that are needed come in one challenge.
    fn authorize<'a>(&'a self, request: &'a AccessRequest<'_>) -> BoxFuture<'a, Decision> {
        Box::pin(async move {
            let mut limits = Limits::default();
            let mut needed: Vec<String> = Vec::new();
            let mut reasons: Vec<Cow<'static, str>> = Vec::new();
            let mut needs_facts = false;
            let mut allowed = Cow::Borrowed("everything is allowed");
            for authorizer in &self.0 {
                let decision = authorizer.authorize(request).await;
                match decision.verdict {
                    Verdict::Deny | Verdict::Forbid => return decision,
                    Verdict::NeedsFacts => needs_facts = true,
                    Verdict::StepUp(scopes) => {
                        needed.extend(scopes.into_iter().filter(|scope| !needed.contains(scope)).collect::<Vec<_>>());
                        reasons.push(decision.reason);
                    }
                    Verdict::Allow => {
                        limits = limits.and(decision.limits);
                        allowed = decision.reason;
                    }
                }
            }
            match reasons.is_empty() {
                // All scopes are told when all is known.
                _ if needs_facts => Decision::needs_facts(),
                true => Decision { limits, ..Decision::allow(allowed) },
                false => Decision::step_up(needed, reasons.join("; ")),
            }
        })
    }

    fn denied(&self, request: &AccessRequest<'_>, denial: EngineDenial) {
        for authorizer in &self.0 {
            authorizer.denied(request, denial);
        }
    }

    fn filter<'a>(&'a self, list: &'a ListRequest<'_>) -> BoxFuture<'a, Visibility> {
        Box::pin(async move {
            let mut all = Visibility::All;
            for authorizer in &self.0 {
                all = visible_to_both(all, authorizer.filter(list).await);
            }
            all
        })
    }

    fn depends_on_caller(&self) -> bool {
        self.0.iter().any(|authorizer| authorizer.depends_on_caller())
    }

    fn ready(&self) -> Result<(), String> {
        self.0.iter().try_for_each(|authorizer| authorizer.ready())
    }
}

/// What both show.
fn visible_to_both(one: Visibility, other: Visibility) -> Visibility {
    match (one, other) {
        (Visibility::All, other) | (other, Visibility::All) => other,
        (Visibility::Filtered { shown, ttl_ms }, Visibility::Filtered { shown: also, ttl_ms: also_ms }) => {
            // An item beyond the end of either is hidden.
            let shown = shown.into_iter().zip(also).map(|(one, other)| one && other).collect();
            Visibility::Filtered { shown, ttl_ms: ttl_ms.min(also_ms) }
        }
    }
}
