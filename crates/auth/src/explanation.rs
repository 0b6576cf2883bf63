//! What is right and wrong with a token, rule by rule, for an operator. It has claims of the token that are no secret: never the token, its
//! signature, or a claim that the server does not use.

use std::fmt;

use crate::algorithm;
use crate::authenticator::{TokenAuthenticator, VerifyError};
use crate::claims::VerifiedClaims;
use crate::error::TokenError;
use crate::token::SignedToken;

/// A rule, and whether a token obeys it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule, in a few words.
    pub rule: &'static str,
    /// What was found.
    pub outcome: Outcome,
}

/// What was found about a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The token obeys it. The text says by what.
    Passed(String),
    /// The token breaks it, or it cannot be told. The text says why.
    Failed(String),
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.outcome {
            Outcome::Passed(found) => write!(formatter, "passed  {}: {found}", self.rule),
            Outcome::Failed(reason) => write!(formatter, "FAILED  {}: {reason}", self.rule),
        }
    }
}

/// The findings, up to the first rule that fails.
#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn passed(&mut self, rule: &'static str, found: impl Into<String>) {
        self.0.push(Finding { rule, outcome: Outcome::Passed(found.into()) });
    }

    fn failed(mut self, rule: &'static str, reason: impl fmt::Display) -> Vec<Finding> {
        self.0.push(Finding { rule, outcome: Outcome::Failed(reason.to_string()) });
        self.0
    }
}

impl TokenAuthenticator {
    /// Verifies a token as a request would, and tells each rule on the way. The keys of its issuer are fetched if need be, and nothing is
    /// remembered.
    pub async fn explain(&self, token: &str) -> Vec<Finding> {
        let mut findings = Findings::default();
        let now_s = self.now().unix_s;
        let signed = match SignedToken::parse(token) {
            Ok(signed) => signed,
            Err(error) => match self.introspects() && error.is_of_no_jwt() {
                true => {
                    findings.passed("form", format!("no signed JWT ({error}), so that the issuer is asked about it"));
                    return self.explain_introspection(findings, token, now_s).await;
                }
                false => return findings.failed("form", error),
            },
        };
        findings.passed("form", format!("a JWT that is signed by {}", algorithm::name(signed.algorithm())));
        let named = match signed.issuer() {
            Ok(named) => named,
            Err(error) => return findings.failed("issuer", error),
        };
        let Some(issuer) = self.issuer(&named) else {
            return findings.failed("issuer", format!("{}: {}", TokenError::UntrustedIssuer, self.trusted_and(&named)));
        };
        findings.passed("issuer", format!("`{named}`"));
        let Some(keys) = &issuer.keys else { return self.explain_introspection(findings, token, now_s).await };
        if let Err(error) = signed.check_algorithm(&self.algorithms) {
            return findings.failed("algorithm", format!("{error}: see `auth.algorithms`"));
        }
        findings.passed("algorithm", "it is among `auth.algorithms`");
        match keys.for_key(signed.key_id()).await {
            Ok(keys) => {
                let count = keys.set.len();
                findings.passed("keys", format!("{count} of the issuer, {} not usable", keys.set.skipped().len()));
            }
            Err(error) => return findings.failed("keys", error),
        }
        match self.verify(token, now_s).await {
            Ok((.., verified)) => {
                findings.passed("signature", "by a key of the issuer");
                self.explain_claims(findings, verified)
            }
            Err(VerifyError::Token(error)) => {
                let rule = rule_of(&error);
                if !matches!(rule, "key" | "signature") {
                    findings.passed("signature", "by a key of the issuer");
                }
                let expected = match error {
                    TokenError::Audience | TokenError::NoAudience => {
                        format!("; it must be {}", issuer.rules.audiences.join(" or "))
                    }
                    _ => String::new(),
                };
                findings.failed(rule, format!("{error}{expected}"))
            }
            Err(error) => findings.failed("keys", error),
        }
    }

    async fn explain_introspection(&self, mut findings: Findings, token: &str, now_s: u64) -> Vec<Finding> {
        match self.verify(token, now_s).await {
            Ok((.., verified)) => {
                findings.passed("introspection", "the issuer says that it is active");
                self.explain_claims(findings, verified)
            }
            Err(error) => findings.failed("introspection", error),
        }
    }

    fn explain_claims(&self, mut findings: Findings, verified: VerifiedClaims) -> Vec<Finding> {
        let VerifiedClaims { caller, expires_s } = verified;
        let left_s = expires_s.saturating_sub(self.now().unix_s);
        findings.passed("audience", "it is for this server");
        findings.passed("time", format!("it counts for {left_s} seconds more"));
        let client = caller.principal.client_id.as_deref().unwrap_or("none is named");
        findings.passed("caller", format!("subject `{}`, client `{client}`", caller.principal.subject));
        findings.passed("roles and groups", format!("roles {:?}, groups {:?}", caller.roles, caller.groups));
        match self.scopes.missing_for_every_request(&caller) {
            None => findings.passed("scopes", format!("{:?}", caller.principal.scopes)),
            Some(needed) => {
                let reason = format!("{:?}, and every request needs {needed:?}", caller.principal.scopes);
                return findings.failed("scopes", reason);
            }
        }
        findings.0
    }

    /// What an operator compares: the issuer of the token with those that are trusted, from which it often differs by a slash.
    fn trusted_and(&self, named: &str) -> String {
        let named: String = named.chars().take(200).filter(|char| !char.is_control()).collect();
        let trusted: Vec<&str> = self.issuers.iter().map(|issuer| issuer.rules.issuer.as_str()).collect();
        format!("the token has `{named}`, `auth.issuers` has {}", trusted.join(", "))
    }
}

/// The rule that an error is about.
fn rule_of(error: &TokenError) -> &'static str {
    match error {
        TokenError::UnknownKey | TokenError::AmbiguousKey | TokenError::KeyMismatch => "key",
        TokenError::Signature => "signature",
        TokenError::Audience | TokenError::NoAudience => "audience",
        TokenError::Expired | TokenError::NoExpiry | TokenError::NotYetValid | TokenError::IssuedInFuture => "time",
        _ => "claims",
    }
}
