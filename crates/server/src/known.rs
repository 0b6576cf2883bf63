use contract::Provider;
use contract::model::Context;
use protocol::result::ServerInfoMeta;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::config::Config;
use crate::introduction::{Badge, HeaderSchemas, Introduction};

/// What a call needs to know of a provider that always says the same. It is found out where a server is put together, and kept as
/// text, so that an instance that lives for one request asks its provider for nothing but the call.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// What the provider calls itself, as results bear it.
    server: Box<RawValue>,
    tools: bool,
    #[serde(default)]
    schemas: HeaderSchemas,
}

/// What should be known cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("what is known of the providers cannot be read")]
pub struct KnownError;

impl Known {
    /// The setting of the transport that has it. No operator can set it: no setting's name has this sign.
    pub const KEY: &str = "known:server";

    /// Asks a provider for it. Nothing is known of one whose catalogue changes, nor of one that answers with an error: it
    /// will be asked when somebody calls.
    pub async fn ask(provider: &impl Provider, context: &Context) -> Option<Self> {
        let badge = Introduction::ask(provider, &Config::default(), context).await.ok()?.badge;
        if !badge.lasting {
            return None;
        }
        let server = badge.stamp.as_raw().to_owned();
        Some(Self { server, tools: badge.offers_tools, schemas: HeaderSchemas::ask(provider, context).await.ok()? })
    }

    /// Whether anybody had tools.
    pub fn has_tools(&self) -> bool {
        self.tools
    }

    /// Reads what [`text`](Self::text) gave.
    pub fn read(text: &str) -> Result<Self, KnownError> {
        serde_json::from_str(text).map_err(|_| KnownError)
    }

    /// It, in one line.
    pub fn text(&self) -> Option<String> {
        // Those of a string are written as `\n`: what is replaced stands between two tokens.
        Some(serde_json::to_string(self).ok()?.replace(['\n', '\r'], " "))
    }

    /// What the engine would have found out by asking.
    pub(crate) fn found_out(self, config: &Config) -> Result<(Badge, HeaderSchemas), KnownError> {
        let stamp = match config.renames() {
            false => ServerInfoMeta::of_raw(self.server),
            true => {
                let mut server = ServerInfoMeta::of_raw(self.server).implementation().map_err(|_| KnownError)?;
                config.introduce(&mut server, &mut None);
                ServerInfoMeta::new(&server).map_err(|_| KnownError)?
            }
        };
        Ok((Badge { stamp, offers_tools: self.tools, lasting: true }, self.schemas))
    }
}
