//! The server's description: the merged one of its providers, with the operator's overrides.

use std::sync::{Arc, Mutex, PoisonError};

use contract::Provider;
use contract::model::{Context, Implementation, Offers, ProviderInfo};
use protocol::EncodeError;
use protocol::result::ServerInfoMeta;

use crate::config::Config;
use crate::engine::Engine;
use crate::error::{CallError, RequestError};

/// The server as clients see it.
pub(crate) struct ServerIdentity {
    /// The merged description of the providers, with the operator's overrides.
    pub(crate) info: ProviderInfo,
    /// The program of it, for authorizers.
    pub(crate) implementation: Arc<Implementation>,
    /// The program as modern results name it.
    pub(crate) meta: ServerInfoMeta,
}

impl ServerIdentity {
    fn new(description: &ProviderInfo, config: &Config) -> Result<Self, EncodeError> {
        let mut info = description.clone();
        config.apply_overrides(&mut info.implementation, &mut info.instructions);
        let implementation = Arc::new(info.implementation.clone());
        Ok(Self { meta: ServerInfoMeta::new(&implementation)?, implementation, info })
    }
}

/// The identity that was made last, with the description that it was made from. The catalogue gives the same description as long
/// as it knows that it is the same, so that the identity is written once.
#[derive(Default)]
pub(crate) struct IdentityCache(Mutex<Option<(Arc<ProviderInfo>, Arc<ServerIdentity>)>>);

impl IdentityCache {
    /// The identity of a description.
    pub(crate) fn get(
        &self,
        description: Arc<ProviderInfo>,
        config: &Config,
    ) -> Result<Arc<ServerIdentity>, EncodeError> {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, identity)) = &*last
            && Arc::ptr_eq(of, &description)
        {
            return Ok(Arc::clone(identity));
        }
        let identity = Arc::new(ServerIdentity::new(&description, config)?);
        *last = Some((description, Arc::clone(&identity)));
        Ok(identity)
    }
}

impl<P: Provider> Engine<P> {
    /// The identity of the server now. A provider whose description can change is asked again.
    pub(crate) async fn identity(&self, context: &Context) -> Result<Arc<ServerIdentity>, RequestError> {
        let description = self.catalog.description(context).await.map_err(CallError::Provider)?;
        Ok(self.identity_cache.get(description, &self.config)?)
    }

    /// The identity of the server from its snapshot, without asking any provider. If there is no snapshot, or the capability is not in
    /// it and may have come since, the identity of the server now.
    pub(crate) async fn known_identity(
        &self,
        context: &Context,
        capability: Option<Offers>,
    ) -> Result<Arc<ServerIdentity>, RequestError> {
        let offered = |info: &ProviderInfo| capability.is_none_or(|capability| info.offers.contains(capability));
        match self.catalog.known_description() {
            Some(info) if info.catalogue_static || offered(&info) => Ok(self.identity_cache.get(info, &self.config)?),
            _ => Box::pin(self.identity(context)).await,
        }
    }
}
