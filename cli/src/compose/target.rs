use super::parts;

/// The host that a composed file is for: where its settings come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Target {
    /// Settings from the environment. Runs on `wasmcp serve` too.
    #[default]
    Wasmtime,
    /// Settings from the environment that `spin.toml` names.
    Spin,
    /// Settings from the host's configuration.
    Wasmcloud,
}

impl Target {
    /// The component that tells settings on this host.
    pub(crate) fn adapter(self) -> &'static [u8] {
        match self {
            Self::Wasmtime | Self::Spin => parts::ADAPTER_ENVIRONMENT,
            Self::Wasmcloud => parts::ADAPTER_WASMCLOUD,
        }
    }

    /// How to run a file there.
    pub(crate) fn how_to_run(self, file: &str) -> String {
        match self {
            Self::Wasmtime => format!("`wasmtime serve -Scli {file}` or `wasmcp serve {file}`"),
            Self::Spin => format!("`spin up`, with `source = \"{file}\"` in spin.toml"),
            // A relative path is found from the folder of wadm.yaml.
            Self::Wasmcloud => {
                let here = if file.starts_with('/') { "" } else { "./" };
                format!("`wash app deploy`, with `image: file://{here}{file}` in wadm.yaml")
            }
        }
    }
}
