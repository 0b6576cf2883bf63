use contract::model::*;

pub(crate) fn tool(name: &str) -> Tool {
    Tool {
        name: name.into(),
        title: None,
        description: None,
        input_schema: r#"{"type":"object"}"#.into(),
        output_schema: None,
        annotations: None,
        task_support: None,
        icons: vec![],
        extra: None,
    }
}

pub(crate) fn prompt(name: &str) -> Prompt {
    Prompt { name: name.into(), title: None, description: None, arguments: vec![], icons: vec![], extra: None }
}

pub(crate) fn resource(uri: &str) -> ResourceInfo {
    ResourceInfo {
        uri: uri.into(),
        name: "a resource".into(),
        title: None,
        description: None,
        mime_type: None,
        size: None,
        annotations: None,
        icons: vec![],
        extra: None,
    }
}

pub(crate) fn template(text: &str) -> ResourceTemplate {
    ResourceTemplate {
        uri_template: text.into(),
        name: "a template".into(),
        title: None,
        description: None,
        mime_type: None,
        annotations: None,
        icons: vec![],
        extra: None,
    }
}

pub(crate) fn call(name: &str) -> ToolCall {
    ToolCall { name: name.into(), arguments: "{}".into(), resumed: None, extra: None }
}

pub(crate) fn context() -> Context {
    let capabilities =
        ClientCapabilities { features: ClientFeatures::empty(), extensions: vec![], experimental: vec![], extra: None };
    Context {
        call_id: "1".into(),
        attempt: 1,
        protocol_version: "2026-07-28".into(),
        client: None,
        capabilities,
        principal: None,
        trace: None,
        log_level: None,
        progress_wanted: false,
        remaining_ms: 1000,
        meta: None,
        extra: None,
    }
}
