//! The authenticator of the engine: from the head of a request to its caller.

use std::sync::Arc;

use http::request::Parts;
use jsonwebtoken::Algorithm;
use jsonwebtoken::crypto::CryptoProvider;
use server::{AuthError, Authenticator, BoxFuture, Caller, Clock, Ports, ProtectedResource};

use crate::bearer;
use crate::claims::{ClaimRules, VerifiedClaims};
use crate::config::AuthConfig;
use crate::error::TokenError;
use crate::fetch_document::DocumentError;
use crate::introspection::{Introspection, IntrospectionError};
use crate::issuer_keys::{IssuerKeys, KeysError};
use crate::refused_tokens::RefusedTokens;
use crate::scopes::Scopes;
use crate::token::SignedToken;
use crate::verdict_cache::{Now, Verdict, Verdicts};

/// Verifies the tokens of the issuers that an operator trusts.
pub struct TokenAuthenticator {
    pub(crate) issuers: Vec<Issuer>,
    pub(crate) algorithms: Vec<Algorithm>,
    pub(crate) scopes: Scopes,
    resource: ProtectedResource,
    verdicts: Verdicts,
    /// What introspection endpoints have refused, where there are any.
    refused: Option<RefusedTokens>,
    clock: Arc<dyn Clock>,
}

/// An issuer that is trusted.
pub(crate) struct Issuer {
    pub(crate) rules: ClaimRules,
    pub(crate) keys: Option<IssuerKeys>,
    introspection: Option<Introspection>,
}

/// Why there is no authenticator.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthenticatorError {
    /// The shell has installed no provider of signatures.
    #[error("this server was built without a provider of signatures")]
    NoSignatures,
    /// The introspection endpoint is not a URL that may be asked.
    #[error(transparent)]
    Introspection(#[from] DocumentError),
}

/// Why no caller is known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum VerifyError {
    /// The token breaks this rule.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The keys of its issuer cannot be had.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// Its issuer says that it is not valid, or cannot be asked.
    #[error(transparent)]
    Introspection(#[from] IntrospectionError),
}

impl From<VerifyError> for AuthError {
    fn from(error: VerifyError) -> Self {
        match error {
            VerifyError::Token(error) => Self::InvalidToken(error.to_string()),
            VerifyError::Introspection(error) if error.refuses_token() => Self::InvalidToken(error.to_string()),
            VerifyError::Keys(error) => Self::KeysUnavailable { reason: error.to_string() },
            VerifyError::Introspection(error) => Self::KeysUnavailable { reason: error.to_string() },
        }
    }
}

impl TokenAuthenticator {
    /// An authenticator for this configuration. No request is sent before the first token comes.
    ///
    /// # Errors
    /// The shell cannot verify signatures, or the introspection endpoint cannot be asked.
    pub fn new(config: AuthConfig, ports: &Ports) -> Result<Self, AuthenticatorError> {
        if CryptoProvider::try_get_default().is_none() {
            return Err(AuthenticatorError::NoSignatures);
        }
        // How long an answer counts is one setting for all issuers.
        let introspections = config.issuers.iter().filter_map(|issuer| issuer.introspection.as_ref());
        let refused = introspections
            .map(|config| config.cache_s)
            .min()
            .map(|cache_s| RefusedTokens::new(cache_s, &*ports.random));
        let issuers = config.issuers.into_iter().map(|issuer| {
            let introspection = issuer.introspection.as_ref();
            let introspection = introspection.map(|config| Introspection::new(config, ports)).transpose()?;
            let keys = issuer.keys.map(|keys| IssuerKeys::new(keys, ports));
            Ok::<_, DocumentError>(Issuer { rules: issuer.rules, keys, introspection })
        });
        Ok(Self {
            issuers: issuers.collect::<Result<_, _>>()?,
            algorithms: config.algorithms,
            scopes: config.scopes,
            resource: config.resource,
            verdicts: Verdicts::new(config.cached_tokens, &*ports.random),
            refused,
            clock: Arc::clone(&ports.clock),
        })
    }

    async fn caller(&self, head: &Parts) -> Result<Arc<Caller>, AuthError> {
        let token = bearer::token(head)?;
        let now = self.now();
        let caller = match self.verdicts.get(token, now, |issuer| self.generation(issuer)) {
            Some(verdict) if self.is_current(&verdict).await => Arc::clone(&verdict.caller),
            // On the heap, since most requests need none of it.
            _ => Box::pin(self.verify_and_remember(token, now)).await?,
        };
        match self.scopes.missing_for_every_request(&caller) {
            None => Ok(caller),
            Some(needed) => Err(AuthError::InsufficientScope(needed)),
        }
    }

    /// Whether the keys that verified a token are still those of its issuer. They are fetched if they are due, as an issuer that takes a key
    /// back must be heard where all tokens are remembered ones.
    async fn is_current(&self, verdict: &Verdict) -> bool {
        match self.issuers.get(verdict.issuer).and_then(|issuer| issuer.keys.as_ref()) {
            None => true,
            Some(keys) => keys.for_key(None).await.is_ok_and(|keys| keys.generation == verdict.generation),
        }
    }

    async fn verify_and_remember(&self, token: &str, now: Now) -> Result<Arc<Caller>, VerifyError> {
        if let Some(error) = self.refused.as_ref().and_then(|refused| refused.get(token, now.monotonic_ms)) {
            return Err(error.into());
        }
        let verified = self.verify(token, now.unix_s).await;
        if let (Err(VerifyError::Introspection(error)), Some(refused)) = (&verified, &self.refused) {
            // From the answer on: the issuer may have taken long.
            refused.insert(token, error, self.now().monotonic_ms);
        }
        let (place, generation, verified) = verified?;
        let caller = Arc::new(verified.caller);
        let verdict = Verdict { caller: Arc::clone(&caller), issuer: place, generation, expires_s: verified.expires_s };
        self.verdicts.insert(token, Arc::new(verdict), now);
        Ok(caller)
    }

    /// Verifies a token: the place of its issuer, the generation of the keys that verified it, and its claims.
    pub(crate) async fn verify(&self, token: &str, now_s: u64) -> Result<(usize, u64, VerifiedClaims), VerifyError> {
        let signed = match SignedToken::parse(token) {
            Ok(signed) => signed,
            // What is no JWT may be a token that only its issuer can read. A JWT that breaks a rule is refused, whatever an issuer says of it.
            Err(error) => match self.issuers.iter().position(|issuer| issuer.introspection.is_some()) {
                Some(place) if error.is_of_no_jwt() => return self.introspect(token, place, now_s).await,
                _ => return Err(error.into()),
            },
        };
        let named = signed.issuer()?;
        let found = self.issuers.iter().enumerate().find(|(_, issuer)| issuer.rules.issuer == named);
        let (place, issuer) = found.ok_or(TokenError::UntrustedIssuer)?;
        let Some(issuer_keys) = &issuer.keys else { return self.introspect(token, place, now_s).await };
        signed.check_algorithm(&self.algorithms)?;
        let mut keys = issuer_keys.for_key(signed.key_id()).await?;
        if let Err(error) = signed.verify(&keys.set) {
            if !matches!(error, TokenError::Signature | TokenError::KeyMismatch) {
                return Err(error.into());
            }
            // The issuer may have another key under the same name by now.
            let newer = issuer_keys.other_than(&keys).await?;
            if newer.generation == keys.generation {
                return Err(error.into());
            }
            signed.verify(&newer.set)?;
            keys = newer;
        }
        Ok((place, keys.generation, signed.check_claims(&issuer.rules, now_s)?))
    }

    async fn introspect(
        &self,
        token: &str,
        place: usize,
        now_s: u64,
    ) -> Result<(usize, u64, VerifiedClaims), VerifyError> {
        let issuer = self.issuers.get(place).ok_or(TokenError::UntrustedIssuer)?;
        let introspection = issuer.introspection.as_ref().ok_or(TokenError::UntrustedIssuer)?;
        let verified = introspection.introspect(token, &issuer.rules, now_s).await?;
        Ok((place, self.generation(place), verified))
    }

    /// The generation of an issuer's keys. One that is asked about each token has no keys that could change.
    fn generation(&self, place: usize) -> u64 {
        self.issuers.get(place).and_then(|issuer| issuer.keys.as_ref()).map_or(0, IssuerKeys::generation)
    }

    /// The issuer of this name, if it is trusted.
    pub(crate) fn issuer(&self, name: &str) -> Option<&Issuer> {
        self.issuers.iter().find(|issuer| issuer.rules.issuer == name)
    }

    /// Whether an issuer is asked about tokens that are no JWTs.
    pub(crate) fn introspects(&self) -> bool {
        self.issuers.iter().any(|issuer| issuer.introspection.is_some())
    }

    pub(crate) fn now(&self) -> Now {
        Now { unix_s: self.clock.unix_ms() / 1000, monotonic_ms: self.clock.monotonic_ms() }
    }
}

impl Authenticator for TokenAuthenticator {
    fn authenticate<'a>(&'a self, head: &'a Parts) -> BoxFuture<'a, Result<Option<Arc<Caller>>, AuthError>> {
        Box::pin(async { self.caller(head).await.map(Some) })
    }

    fn protected_resource(&self) -> Option<ProtectedResource> {
        Some(self.resource.clone())
    }

    fn ready(&self) -> BoxFuture<'_, Result<(), String>> {
        Box::pin(async {
            for issuer in &self.issuers {
                match (&issuer.keys, &issuer.introspection) {
                    (Some(keys), _) => keys.ready().await.map_err(|error| error.to_string())?,
                    (None, Some(introspection)) => {
                        let ready = introspection.ready(&issuer.rules, self.now().unix_s).await;
                        ready.map_err(|error| error.to_string())?;
                    }
                    (None, None) => {}
                }
            }
            Ok(())
        })
    }
}
