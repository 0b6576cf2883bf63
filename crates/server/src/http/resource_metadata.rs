//! The metadata of the server as a protected resource (RFC 9728), by which a client finds out where to get a token. It is for every
//! caller.

use contract::Provider;
use http::request::Parts;
use http::{HeaderValue, StatusCode, header};

use super::response::{Response, json};
use super::routes::{Route, is_endpoint, resource_of_metadata, view_name};
use crate::engine::Engine;
use crate::error::{HeadError, RequestError};

impl<P: Provider> Engine<P> {
    /// The response to a request for the metadata: at the well-known path alone, and with the path of the resource behind it (RFC 9728
    /// §3.1), as the client knows it and as this server does, since a proxy may change the path.
    pub(crate) fn resource_metadata(&self, head: &Parts) -> Response {
        let found = || {
            let resource = self.config.protected_resource.as_ref()?;
            let path = resource_of_metadata(head.uri.path())?;
            let is_of_resource = path.is_empty() || path == "/" || path == resource.path || is_endpoint(path);
            // A view is a part of the resource, and has the tokens of the whole.
            let is_of_view =
                |path| view_name(path).is_some_and(|name| self.config.views.iter().any(|view| view.name == name));
            (is_of_resource || is_of_view(path)).then(|| resource.metadata.clone())
        };
        let checked = match found() {
            Some(metadata) => Route::ResourceMetadata.check_method(head).map(|()| metadata),
            None => Err(HeadError::UnknownPath),
        };
        match checked {
            Ok(metadata) => {
                let mut response = json(StatusCode::OK, metadata);
                response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("max-age=300"));
                response
            }
            Err(error) => RequestError::from(error).respond(&self.config),
        }
    }
}
