//! The provider's description.

use crate::Everything;
use crate::bindings::exports::wasmcp::mcp::provider;
use crate::bindings::wasmcp::mcp::model::{Context, Icon, IconTheme, Implementation, McpError, Offers, ProviderInfo};

impl provider::Guest for Everything {
    fn describe(_ctx: Context) -> Result<ProviderInfo, McpError> {
        // A test counts how often this is called.
        eprintln!("everything described");
        Ok(ProviderInfo {
            implementation: Implementation {
                name: "everything".to_owned(),
                version: "1.2.3".to_owned(),
                title: Some("Everything".to_owned()),
                description: Some("One of everything.".to_owned()),
                website_url: Some("https://everything.test/".to_owned()),
                icons: vec![icon()],
                extra: Some(r#"{"later":"kept"}"#.to_owned()),
            },
            instructions: Some("Look, do not touch.".to_owned()),
            offers: Offers::TOOLS | Offers::RESOURCES | Offers::PROMPTS | Offers::COMPLETION | Offers::LOGGING,
            extensions: Vec::new(),
            experimental: Vec::new(),
            cache: None,
            catalogue_revision: "1".to_owned(),
            catalogue_static: true,
            extra: None,
        })
    }
}

/// The icon of every item that may have one.
pub(crate) fn icon() -> Icon {
    Icon {
        src: "https://everything.test/icon.png".to_owned(),
        mime_type: Some("image/png".to_owned()),
        sizes: vec!["48x48".to_owned(), "any".to_owned()],
        theme: Some(IconTheme::Dark),
        extra: None,
    }
}
