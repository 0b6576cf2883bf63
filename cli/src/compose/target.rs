//! The hosts that a composed file can be for, and what fills each service of the contract there.

use super::builtin_components::{ADAPTER_ENVIRONMENT, ADAPTER_HTTP, ADAPTER_WASMCLOUD};
use crate::options::ComponentArg;

/// The host that a composed file is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Target {
    /// Settings from the environment. Runs on `wasmcp serve` too.
    #[default]
    Wasmtime,
    /// The same file as for wasmtime: settings from the environment, which on Spin is what `spin.toml` gives the component.
    Spin,
    /// Settings from the host's configuration.
    Wasmcloud,
    /// A wasmCloud lattice: a folder with the transport and each provider as files of their own.
    Lattice,
}

/// A service that a host may offer to a provider: an interface of `wit/services.wit`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Service {
    Settings,
    State,
    Live,
    Http,
}

/// What fills a service in a composed file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// A component that makes the service of what the host offers.
    Adapter(&'static [u8]),
    /// Every function answers that it is not offered.
    Filler,
    /// The host: the file imports the service.
    Host,
}

impl Service {
    /// The service that an import asks for, if it asks for one.
    pub(crate) fn of(import: &str) -> Option<Self> {
        match import.strip_prefix("wasmcp:mcp/")?.split('@').next()? {
            "settings" => Some(Self::Settings),
            "state" => Some(Self::State),
            "live" => Some(Self::Live),
            "http" => Some(Self::Http),
            _ => None,
        }
    }
}

impl Target {
    /// What fills a service on this host. `state` and `live` need a host that keeps data between requests and sends while a call runs,
    /// which none of these does in a composed file. On a lattice a link to a state provider keeps data.
    pub(crate) fn source(self, service: Service) -> Source {
        match (self, service) {
            (Self::Wasmtime | Self::Spin, Service::Settings) => Source::Adapter(ADAPTER_ENVIRONMENT),
            (Self::Wasmcloud | Self::Lattice, Service::Settings) => Source::Adapter(ADAPTER_WASMCLOUD),
            (_, Service::Http) => Source::Adapter(ADAPTER_HTTP),
            (Self::Lattice, Service::State) => Source::Host,
            (_, Service::State | Service::Live) => Source::Filler,
        }
    }

    /// How to run a file there, or the files of a folder with these providers.
    pub(crate) fn how_to_run(self, file: &str, providers: &str) -> String {
        match self {
            Self::Wasmtime => {
                // A file whose name cannot be that of a provider needs another one.
                let served = match file.parse::<ComponentArg>() {
                    Ok(_) => file.to_owned(),
                    Err(_) => format!("server={file}"),
                };
                format!("`wasmtime serve -Scli {file}` or `wasmcp serve {served}`")
            }
            Self::Spin => format!("`spin up`, with `source = \"{file}\"` in spin.toml"),
            Self::Wasmcloud => format!("`wash app deploy`, with `image: {}` in wadm.yaml", image(file)),
            Self::Lattice => {
                let image = image(file);
                format!(
                    "`wash app deploy`, with `image: {image}/transport.wasm` and so on, and `router.providers: {providers}` in wadm.yaml"
                )
            }
        }
    }

    /// Where it is written to unless something else is said.
    pub(crate) fn default_output(self) -> &'static str {
        match self {
            Self::Wasmtime | Self::Spin | Self::Wasmcloud => "mcp-http-server.wasm",
            Self::Lattice => "mcp-lattice",
        }
    }
}

/// How a manifest names a file. A relative path is found from the folder of wadm.yaml.
fn image(file: &str) -> String {
    let here = if file.starts_with('/') { "" } else { "./" };
    format!("file://{here}{file}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_advice_names_a_file_as_serve_takes_it() {
        for (file, served) in [
            ("mcp-http-server.wasm", "mcp-http-server.wasm"),
            ("out/my_server.wasm", "out/my_server.wasm"),
            ("rs.server.wasm", "server=rs.server.wasm"),
            ("out/rs.server.wasm", "server=out/rs.server.wasm"),
            ("transport.wasm", "server=transport.wasm"),
        ] {
            let advice = Target::Wasmtime.how_to_run(file, "");
            assert_eq!(advice, format!("`wasmtime serve -Scli {file}` or `wasmcp serve {served}`"));
            assert!(served.parse::<ComponentArg>().is_ok(), "{served}");
        }
    }
}
