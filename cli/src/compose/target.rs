use super::parts;

/// The host that a composed file is for: where its settings come from.
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

impl Target {
    /// The component that tells settings on this host.
    pub(crate) fn adapter(self) -> &'static [u8] {
        match self {
            Self::Wasmtime | Self::Spin => parts::ADAPTER_ENVIRONMENT,
            Self::Wasmcloud | Self::Lattice => parts::ADAPTER_WASMCLOUD,
        }
    }

    /// How to run a file there, or the files of a folder with these providers.
    pub(crate) fn how_to_run(self, file: &str, providers: &str) -> String {
        match self {
            Self::Wasmtime => format!("`wasmtime serve -Scli {file}` or `wasmcp serve {file}`"),
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
