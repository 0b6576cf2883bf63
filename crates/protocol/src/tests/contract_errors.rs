//! Tests of provider answers that break the contract: the error says where and why.

use contract::model::{
    ContentBlock, Implementation, ProviderInfo, ResourceBody, TextContent, Tool, ToolAnnotations, ToolOutput, ToolPage,
};

use super::{sample, server_info};
use crate::lifecycle::initialize_result;
use crate::result::{ServerInfoMeta, unnamed};
use crate::tools::{call_result, list_result};
use crate::{EncodeError, JsonBuffer, Version};

fn list(change: impl FnOnce(&mut Tool)) -> Result<(), EncodeError> {
    let mut tool = sample::full_tool();
    change(&mut tool);
    list_result(
        &mut JsonBuffer::unbounded(),
        &sample::page(vec![sample::tool(), tool]),
        Version::MODERN,
        Some(&server_info()),
    )
}

fn call(block: ContentBlock) -> Result<(), EncodeError> {
    call_result(&mut JsonBuffer::unbounded(), &sample::output(vec![block]), Version::MODERN, Some(&server_info()))
}

fn result(output: ToolOutput) -> Result<(), EncodeError> {
    call_result(&mut JsonBuffer::unbounded(), &output, Version::MODERN, Some(&server_info()))
}

#[test]
fn an_answer_that_breaks_the_contract_is_refused_with_the_place_and_the_reason() {
    let text = |extra: &str| {
        ContentBlock::Text(TextContent { text: "t".into(), annotations: None, extra: Some(extra.into()) })
    };
    let link = |size| {
        let mut link = sample::link();
        link.size = Some(size);
        ContentBlock::ResourceLink(link)
    };
    let priority = || {
        let mut annotations = sample::annotations();
        annotations.priority = Some(f64::NAN);
        ContentBlock::Image(sample::media(b"", Some(annotations)))
    };
    let icon = |src: &str| list(|tool| tool.icons[0].src = src.into());
    let hints = |extra: &str| ToolAnnotations { extra: Some(extra.into()), ..sample::full_tool().annotations.unwrap() };
    let cases = [
        (
            list(|tool| tool.input_schema = "{".into()),
            "`tools[1].inputSchema` is not JSON: EOF while parsing an object",
        ),
        (list(|tool| tool.input_schema = "true".into()), "`tools[1].inputSchema` must be a JSON object"),
        (list(|tool| tool.input_schema = "{}".into()), "`tools[1].inputSchema` must have the `type` `object`"),
        (
            list(|tool| tool.input_schema = r#"{"type":"array"}"#.into()),
            "`tools[1].inputSchema` must have the `type` `object`",
        ),
        (
            list(|tool| tool.input_schema = r#"{"items":{"type":"object"},"type":["object"]}"#.into()),
            "`tools[1].inputSchema` must have the `type` `object`",
        ),
        (
            list(|tool| tool.input_schema = r#"{"type":{"type":"object"},"title":"object"}"#.into()),
            "`tools[1].inputSchema` must have the `type` `object`",
        ),
        (
            list(|tool| tool.input_schema = r#"{"type":1,"title":"object"}"#.into()),
            "`tools[1].inputSchema` must have the `type` `object`",
        ),
        (
            list(|tool| tool.input_schema = r#"{"type":"object","type":1}"#.into()),
            "`tools[1].inputSchema` has an object with the key `type` more than once",
        ),
        (list(|tool| tool.output_schema = Some("[]".into())), "`tools[1].outputSchema` must be a JSON object"),
        (list(|tool| tool.extra = Some("[]".into())), "`tools[1].extra` is not a JSON object: "),
        (list(|tool| tool.extra = Some(r#"{"a":1,"b":2,"a":3}"#.into())), "`tools[1].extra` has the member `a` twice"),
        (list(|tool| tool.annotations = Some(hints("null"))), "`tools[1].annotations.extra` is not a JSON object: "),
        (list(|tool| tool.icons[0].extra = Some("x".into())), "`tools[1].icons[0].extra` is not a JSON object: "),
        (icon("javascript:alert(1)"), "`tools[1].icons[0].src` must be an `https:`, `http:` or `data:` URL"),
        (icon(" https://example.com"), "`tools[1].icons[0].src` must be an `https:`, `http:` or `data:` URL"),
        (icon("icon.png"), "`tools[1].icons[0].src` must be an `https:`, `http:` or `data:` URL"),
        (call(text("{}{}")), "`content[0].extra` is not a JSON object: trailing characters"),
        (call(ContentBlock::Unnamed("\"video\"".into())), "`content[0]` is not a JSON object: "),
        (call(ContentBlock::Unnamed(String::new())), "`content[0]` is not a JSON object: "),
        (call(ContentBlock::Unnamed("{}".into())), "`content[0].type` must be a string"),
        (
            call(ContentBlock::Unnamed(r#"{"type":"image"}"#.into())),
            "`content[0].type` is `image`, which has a case of its own",
        ),
        (
            call(sample::embedded(ResourceBody::Unnamed("[1]".into()))),
            "`content[0].resource.body` is not a JSON object: ",
        ),
        (call(link(f64::INFINITY)), "`content[0].size` must be a finite number"),
        (call(priority()), "`content[0].annotations.priority` must be a finite number"),
        (
            result(ToolOutput { structured_content: Some("{,}".into()), ..sample::output(vec![]) }),
            "`structuredContent` is not JSON: ",
        ),
    ];
    for (got, want) in cases {
        let got = got.expect_err(want).to_string();
        assert!(got.starts_with(want), "{got}\n{want}");
    }
}

#[test]
fn an_answer_breaks_the_contract_in_every_version() {
    for version in Version::ALL {
        let output = ToolOutput { structured_content: Some("x".into()), ..sample::output(vec![]) };
        assert!(call_result(&mut JsonBuffer::unbounded(), &output, version, Some(&server_info())).is_err());
        let page = ToolPage { extra: Some("x".into()), ..sample::page(vec![]) };
        assert!(list_result(&mut JsonBuffer::unbounded(), &page, version, Some(&server_info())).is_err());
    }
}

#[test]
fn errors_in_the_description_of_a_server_are_named_too() {
    let mut implementation = sample::implementation();
    implementation.extra = Some("x".into());
    assert!(
        ServerInfoMeta::new(&implementation)
            .unwrap_err()
            .to_string()
            .starts_with("`serverInfo.extra` is not a JSON object")
    );
    for url in ["file:///etc/passwd", "data:,", "example.com", ""] {
        let implementation = Implementation { website_url: Some(url.into()), ..sample::implementation() };
        let error = ServerInfoMeta::new(&implementation).unwrap_err().to_string();
        assert_eq!(error, "`serverInfo.websiteUrl` must be an `https:` or `http:` URL", "{url}");
    }
    let entry = |json: &str| ("e".to_owned(), json.to_owned());
    let cases = [
        (vec![entry("1")], "`capabilities.experimental.e` must be a JSON object"),
        (vec![entry("{}"), entry("{}")], "`capabilities.experimental.e` is there twice"),
    ];
    for (experimental, want) in cases {
        let info = ProviderInfo { experimental, ..sample::info() };
        let got = initialize_result(&mut JsonBuffer::unbounded(), &info, Version::V2025_11_25).unwrap_err();
        assert_eq!(got.to_string(), want);
    }
}

#[test]
fn an_unnamed_result_needs_a_type_that_the_client_knows() {
    let cases = [
        ("[]", Version::MODERN, "`result` is not a JSON object: "),
        ("{}", Version::MODERN, "`result.resultType` must be a string"),
        (
            r#"{"resultType":"input_required"}"#,
            Version::MODERN,
            "`result.resultType` is `input_required`, which has a case of its own",
        ),
        (
            r#"{"resultType":"complete"}"#,
            Version::V2025_11_25,
            "`result.resultType` is `complete`, which has a case of its own",
        ),
        (r#"{"resultType":null}"#, Version::MODERN, "`result.resultType` must be a string"),
        (r#"{"resultType":null}"#, Version::V2025_11_25, "`result.resultType` must be a string"),
        (
            r#"{"resultType":"task"}"#,
            Version::V2025_11_25,
            "`result.resultType` is `task`, which clients of 2025-11-25 do not know",
        ),
    ];
    for (json, version, want) in cases {
        let got =
            unnamed(&mut JsonBuffer::unbounded(), json, None, version, Some(&server_info())).unwrap_err().to_string();
        assert!(got.starts_with(want), "{got}");
    }
}
