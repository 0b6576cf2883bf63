//! Decides what fills each import of a provider in a composed file, or that it cannot be composed.

use contract::Function as _;
use contract::functions::Describe;

use super::assembly::Instance;
use super::error::ComposeError;
use super::target::Service;
use super::wiring::{ProviderComponent, Wiring};

impl Wiring {
    /// Adds a provider, and fills its imports but for those that every host of a composed file offers.
    pub(super) fn provider(&mut self, provider: &ProviderComponent) -> Result<Instance, ComposeError> {
        let name = || provider.name.clone();
        let instance = self.assembly.add(&format!("provider-{}", provider.name), &provider.component)?;
        if self.assembly.find(instance, Describe::NAME.interface).is_none() {
            return Err(ComposeError::NotAProvider { provider: name() });
        }
        for import in self.assembly.imports(instance) {
            if let Some(service) = Service::of(&import) {
                match self.service(service, instance, &import, &provider.name) {
                    Ok(true) => continue,
                    Ok(false) => return Err(ComposeError::NotOffered { provider: name(), import }),
                    Err(ComposeError::Assembly(source)) => {
                        return Err(ComposeError::Types { provider: name(), source });
                    }
                    Err(error) => return Err(error),
                }
            }
            match import.split('@').next().unwrap_or_default() {
                "wasi:cli/environment" => {
                    self.empty_environment(instance, import, name());
                }
                // Types only.
                "wasmcp:mcp/model" => {}
                interface if interface.starts_with("wasi:config/") => {
                    return Err(ComposeError::SettingsOfAll { provider: name(), import });
                }
                interface if is_harmless(interface) => {}
                interface if interface.starts_with("wasi:") => {
                    return Err(ComposeError::Shared { provider: name(), import });
                }
                _ => return Err(ComposeError::NotOffered { provider: name(), import }),
            }
        }
        Ok(instance)
    }
}

/// Whether providers may take this from the host side by side: what holds no data of one that another could see. By default no
/// host gives a composed file folders or raw sockets, but the standard libraries of Rust, Python and Go import them.
fn is_harmless(name: &str) -> bool {
    let (package, interface) = name.split_once('/').unwrap_or_default();
    match package {
        "wasi:io" | "wasi:clocks" | "wasi:random" | "wasi:http" | "wasi:filesystem" | "wasi:sockets" => true,
        "wasi:cli" => matches!(interface, "stdin" | "stdout" | "stderr" | "exit") || interface.starts_with("terminal-"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_harmless;

    #[test]
    fn what_keeps_data_is_not_taken_from_the_host() {
        for name in ["wasi:io/poll", "wasi:http/outgoing-handler", "wasi:cli/stdout", "wasi:cli/terminal-input"] {
            assert!(is_harmless(name), "{name}");
        }
        for name in [
            "wasi:keyvalue/store",
            "wasi:blobstore/container",
            "wasi:messaging/consumer",
            "wasi:sql/readwrite",
            "wasi:cli/environment",
            "wasi:iox/poll",
            "wasi:io",
        ] {
            assert!(!is_harmless(name), "{name}");
        }
    }
}
