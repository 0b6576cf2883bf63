//! Lookups of names by `wasi:sockets`: no component may make one, and each is logged, as a request is that was denied.

use std::sync::Arc;

use wasmtime::component::{HasData, Linker, Resource};
use wasmtime_wasi::p2::bindings::sockets::ip_name_lookup::{
    self, Host, HostResolveAddressStream, ResolveAddressStream,
};
use wasmtime_wasi::p2::bindings::sockets::network::{self, ErrorCode, HostNetwork, IpAddress};
use wasmtime_wasi::p2::{DynPollable, Network, SocketError};
use wasmtime_wasi::sockets::{WasiSocketsCtxView, WasiSocketsView};

use crate::host::grant::Grant;
use crate::host::instance::StoreData;

/// The lookups of one call.
struct NameLookups<'a> {
    grant: Arc<Grant>,
    /// The id of the request that the call is for, where it is known.
    request: Option<Arc<str>>,
    sockets: WasiSocketsCtxView<'a>,
}

impl HasData for NameLookups<'static> {
    type Data<'a> = NameLookups<'a>;
}

/// Puts these lookups in the place of those of `wasmtime-wasi`, which denies them without a word.
pub(super) fn add_to_linker(linker: &mut Linker<StoreData>) -> wasmtime::Result<()> {
    linker.allow_shadowing(true);
    ip_name_lookup::add_to_linker::<StoreData, NameLookups<'static>>(linker, |call| NameLookups {
        grant: Arc::clone(&call.grant),
        request: call.request.clone(),
        sockets: call.sockets(),
    })?;
    linker.allow_shadowing(false);
    Ok(())
}

impl Host for NameLookups<'_> {
    fn resolve_addresses(
        &mut self,
        _network: Resource<Network>,
        name: String,
    ) -> Result<Resource<ResolveAddressStream>, SocketError> {
        let Grant { log, name: provider, .. } = &*self.grant;
        log.denied(
            self.request.as_deref(),
            format_args!(
                "a lookup of `{name}` was denied: for requests by HTTP the host looks names up (`--egress {provider}={name}` allows them)"
            ),
        );
        Err(ErrorCode::AccessDenied.into())
    }
}

/// There is no stream, as no lookup succeeds.
impl HostResolveAddressStream for NameLookups<'_> {
    fn resolve_next_address(
        &mut self,
        stream: Resource<ResolveAddressStream>,
    ) -> Result<Option<IpAddress>, SocketError> {
        self.sockets.resolve_next_address(stream)
    }

    fn subscribe(&mut self, stream: Resource<ResolveAddressStream>) -> wasmtime::Result<Resource<DynPollable>> {
        HostResolveAddressStream::subscribe(&mut self.sockets, stream)
    }

    fn drop(&mut self, stream: Resource<ResolveAddressStream>) -> wasmtime::Result<()> {
        HostResolveAddressStream::drop(&mut self.sockets, stream)
    }
}

/// The errors of lookups are those of the network.
impl network::Host for NameLookups<'_> {
    fn convert_error_code(&mut self, error: SocketError) -> wasmtime::Result<ErrorCode> {
        error.downcast()
    }

    fn network_error_code(&mut self, error: Resource<wasmtime::Error>) -> wasmtime::Result<Option<ErrorCode>> {
        self.sockets.network_error_code(error)
    }
}

impl HostNetwork for NameLookups<'_> {
    fn drop(&mut self, network: Resource<Network>) -> wasmtime::Result<()> {
        HostNetwork::drop(&mut self.sockets, network)
    }
}
