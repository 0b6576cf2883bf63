use crate::model::McpError;

/// An error of a provider in words, for an operator.
pub fn reason(error: &McpError) -> String {
    match error {
        McpError::NotOffered => "it does not offer that".to_owned(),
        McpError::UnknownName(name) => format!("it does not know the name `{name}`"),
        McpError::ResourceNotFound(uri) => format!("it has no resource `{uri}`"),
        McpError::InvalidCursor => "it refused its own cursor".to_owned(),
        McpError::InvalidParams(detail) => format!("invalid parameters: {}", detail.message),
        McpError::InvalidSaved => "it refused what it had saved".to_owned(),
        McpError::MissingCapabilities(_) => "it asks for capabilities of the client".to_owned(),
        McpError::InsufficientScope(scopes) => format!("it asks for the scopes `{}`", scopes.join(" ")),
        McpError::Forbidden(text) => format!("forbidden: {text}"),
        McpError::DeadlineExceeded => "it did not answer in time".to_owned(),
        McpError::Unavailable(_) => "it is unavailable".to_owned(),
        McpError::Internal(text) => text.clone(),
        McpError::Other(error) => format!("{} (code {})", error.message, error.code),
    }
}
