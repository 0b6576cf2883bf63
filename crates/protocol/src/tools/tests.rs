//! Tests of `tools/list` and `tools/call`: parameters and results.

use contract::model::{ContentBlock, ResourceBody, TaskSupport, Tool, ToolAnnotations, ToolCall, ToolOutput};

use super::{call_params, call_result, list_result};
use crate::InvalidParams;
use crate::Version::{self, V2025_06_18, V2025_11_25, V2026_07_28};
use crate::params::MultiLegParams;
use crate::tests::{META, params, sample, server_info, written};

fn called(json: Option<&str>) -> Result<MultiLegParams<ToolCall>, InvalidParams> {
    params(json).and_then(|params| call_params(&params))
}

fn listed(tools: Vec<Tool>, version: Version) -> String {
    written(|out| list_result(out, &sample::page(tools), version, Some(&server_info())))
}

fn said(output: &ToolOutput, version: Version) -> String {
    written(|out| call_result(out, output, version, Some(&server_info())))
}

#[test]
fn a_list_of_tools_is_golden_in_every_version() {
    let schemas = concat!(
        r#""inputSchema":{"type":"object"},"#,
        r#""outputSchema":{"type":"object","properties":{"sum":{"type":"number"}}},"#,
    );
    let annotations = concat!(
        r#""annotations":{"title":"A","readOnlyHint":true,"destructiveHint":false,"idempotentHint":true,"#,
        r#""openWorldHint":false,"later":1}"#,
    );
    let head =
        format!(r#"{{"name":"now","title":"Now","description":"Tells \"now\"\nand then",{schemas}{annotations}"#);
    let icons =
        r#""icons":[{"src":"https://i","mimeType":"image/png","sizes":["48x48","any"],"theme":"dark","alt":"x"}]"#;
    let execution = r#""execution":{"taskSupport":"forbidden"}"#;
    let meta = r#""_meta":{"k":1}}"#;
    let least = r#"{"name":"now","inputSchema":{"type":"object"}}"#;
    let cases = [
        (V2025_06_18, format!(r#"{{"tools":[{head},{meta},{least}]}}"#)),
        (V2025_11_25, format!(r#"{{"tools":[{head},{execution},{icons},{meta},{least}]}}"#)),
        (
            V2026_07_28,
            format!(
                r#"{{"resultType":"complete","tools":[{head},{icons},{meta},{least}],"ttlMs":0,"cacheScope":"private",{META}}}"#
            ),
        ),
    ];
    for (version, want) in cases {
        assert_eq!(listed(vec![sample::full_tool(), sample::tool()], version), want, "{version}");
    }
}

#[test]
fn a_page_has_its_cursor_and_in_the_modern_era_its_cache_hint() {
    let mut page = sample::page(vec![]);
    page.next_cursor = Some(String::new());
    page.cache = Some(sample::cache());
    let cases = [
        (V2025_06_18, r#"{"tools":[],"nextCursor":""}"#.to_owned()),
        (V2025_11_25, r#"{"tools":[],"nextCursor":""}"#.to_owned()),
        (
            V2026_07_28,
            format!(
                r#"{{"resultType":"complete","tools":[],"nextCursor":"","ttlMs":300000,"cacheScope":"public",{META}}}"#
            ),
        ),
    ];
    for (version, want) in cases {
        assert_eq!(written(|out| list_result(out, &page, version, Some(&server_info()))), want, "{version}");
    }
}

#[test]
fn an_output_schema_that_is_not_of_an_object_is_for_modern_clients_only() {
    let cases = [
        (r#"{"type":"object"}"#, true),
        (r#"{"type":"array","items":{}}"#, false),
        (r#"{"anyOf":[{"type":"object"}]}"#, false),
        (r#"{"type":["object","null"]}"#, false),
        (r#"{"properties":{"type":{"type":"object"}}}"#, false),
        ("{}", false),
    ];
    for (schema, legacy) in cases {
        let tool = Tool { output_schema: Some(schema.into()), ..sample::tool() };
        for version in Version::ALL {
            let listed = listed(vec![tool.clone()], version);
            assert_eq!(
                listed.contains(&format!(r#""outputSchema":{schema}"#)),
                version.is_modern() || legacy,
                "{schema}"
            );
            assert_eq!(listed.contains("outputSchema"), version.is_modern() || legacy, "{schema}");
        }
    }
}

#[test]
fn absent_hints_stay_absent() {
    let annotations = ToolAnnotations {
        title: None,
        read_only_hint: None,
        destructive_hint: Some(true),
        idempotent_hint: None,
        open_world_hint: None,
        extra: None,
    };
    let tool = Tool { annotations: Some(annotations), task_support: Some(TaskSupport::Required), ..sample::tool() };
    let want = concat!(
        r#"{"tools":[{"name":"now","inputSchema":{"type":"object"},"annotations":{"destructiveHint":true},"#,
        r#""execution":{"taskSupport":"required"}}]}"#,
    );
    assert_eq!(listed(vec![tool], V2025_11_25), want);
}

#[test]
fn every_kind_of_content_is_golden() {
    let annotations = r#""annotations":{"audience":["user","assistant"],"priority":0.5,"lastModified":"2025-01-12T15:00:58Z","later":1}"#;
    let icons =
        r#","icons":[{"src":"https://i","mimeType":"image/png","sizes":["48x48","any"],"theme":"dark","alt":"x"}]"#;
    let link = |icons: &str| {
        format!(
            r#"{{"type":"resource_link","uri":"file:///a","name":"a","title":"A","description":"d","mimeType":"text/plain","size":4096,{annotations}{icons},"_meta":{{}}}}"#
        )
    };
    let embedded = |body: &str| {
        format!(
            r#"{{"type":"resource","resource":{{"uri":"file:///a","mimeType":"text/plain",{body},"_meta":{{"c":1}}}},"_meta":{{"r":1}}}}"#
        )
    };
    let cases = [
        (sample::text("a\"\u{e4}\n\u{0}\u{2028}"), "{\"type\":\"text\",\"text\":\"a\\\"\u{e4}\\n\\u0000\u{2028}\"}".to_owned()),
        (
            ContentBlock::Image(sample::media(b"\xff\x00\x10", Some(sample::annotations()))),
            format!(r#"{{"type":"image","data":"/wAQ","mimeType":"image/png",{annotations}}}"#),
        ),
        (
            ContentBlock::Audio(sample::media(b"", None)),
            r#"{"type":"audio","data":"","mimeType":"image/png"}"#.to_owned(),
        ),
        (ContentBlock::ResourceLink(sample::link()), link(icons)),
        (sample::embedded(ResourceBody::Text("t".into())), embedded(r#""text":"t""#)),
        (sample::embedded(ResourceBody::Blob(vec![1, 2])), embedded(r#""blob":"AQI=""#)),
        (
            sample::embedded(ResourceBody::Unnamed(r#"{"rows":[1 ,2]}"#.into())),
            r#"{"type":"resource","resource":{"uri":"file:///a","mimeType":"text/plain","rows":[1 ,2],"_meta":{"c":1}},"_meta":{"r":1}}"#.to_owned(),
        ),
        (ContentBlock::Unnamed(r#" {"type":"video", "x":1} "#.into()), r#"{"type":"video","x":1}"#.to_owned()),
    ];
    for (block, want) in &cases {
        let output = sample::output(vec![block.clone()]);
        assert_eq!(said(&output, V2025_11_25), format!(r#"{{"content":[{want}]}}"#));
        assert_eq!(said(&output, V2026_07_28), format!(r#"{{"resultType":"complete","content":[{want}],{META}}}"#));
        // Icons came after 2025-06-18.
        assert_eq!(said(&output, V2025_06_18), format!(r#"{{"content":[{want}]}}"#).replace(icons, ""));
    }
    let all: Vec<ContentBlock> = cases.iter().map(|(block, _)| block.clone()).collect();
    let want: Vec<&str> = cases.iter().map(|(_, want)| want.as_str()).collect();
    assert_eq!(said(&sample::output(all), V2025_11_25), format!(r#"{{"content":[{}]}}"#, want.join(",")));
}

#[test]
fn structured_content_is_an_object_for_legacy_clients_and_anything_for_modern_ones() {
    for (json, legacy) in [(r#"{"sum": 3}"#, true), ("[1]", false), ("3", false), ("null", false), ("\"s\"", false)] {
        let output = ToolOutput {
            structured_content: Some(json.into()),
            is_error: true,
            ..sample::output(vec![sample::text("3")])
        };
        let content = r#""content":[{"type":"text","text":"3"}]"#;
        let structured = if legacy { format!(r#","structuredContent":{json}"#) } else { String::new() };
        for version in [V2025_06_18, V2025_11_25] {
            assert_eq!(said(&output, version), format!(r#"{{{content}{structured},"isError":true}}"#), "{json}");
        }
        let modern =
            format!(r#"{{"resultType":"complete",{content},"structuredContent":{json},"isError":true,{META}}}"#);
        assert_eq!(said(&output, V2026_07_28), modern, "{json}");
    }
}

#[test]
fn a_tool_call_keeps_its_arguments_as_text_and_what_has_no_field_as_extra() {
    // The parameters, then name, arguments, extra, and whether the client resumes.
    let cases = [
        (r#"{"name":"now"}"#, ("now", "{}", None, false)),
        (r#"{"name":"\u006eow","arguments":{ "a" : 1.0 }}"#, ("now", r#"{ "a" : 1.0 }"#, None, false)),
        (r#"{"arguments":{},"name":"","_meta":{"x":1},"task":{"ttl":1}}"#, ("", "{}", None, false)),
        (r#"{"name":"a","inputResponses":{}}"#, ("a", "{}", None, true)),
        (r#"{"name":"a","requestState":"s"}"#, ("a", "{}", None, true)),
        (r#"{"name":"a","requestState":null,"arguments":null}"#, ("a", "{}", None, false)),
        (r#"{"name":"a","z":[1, 2],"\"q":"\u00e4"}"#, ("a", "{}", Some(r#"{"z":[1, 2],"\"q":"\u00e4"}"#), false)),
    ];
    for (params, want) in cases {
        let got = called(Some(params)).unwrap();
        let call = &got.call;
        let got = (call.name.as_str(), call.arguments.as_str(), call.extra.as_deref(), got.resumed_by_client);
        assert_eq!(got, want, "{params}");
        assert!(call.resumed.is_none());
    }
}

#[test]
fn a_bad_tool_call_is_refused_with_what_to_do() {
    let arguments = "`params.arguments` must be an object; leave it out where there are none";
    let cases = [
        (None, "`params.name` is required and must be a string"),
        (Some("{}"), "`params.name` is required and must be a string"),
        (Some(r#"{"name":null}"#), "`params.name` is required and must be a string"),
        (Some(r#"{"name":["a"]}"#), "`params.name` is required and must be a string"),
        (Some(r#"{"name":"a","arguments":[]}"#), arguments),
        (Some(r#"{"name":"a","arguments":"{}"}"#), arguments),
        (Some("null"), "`params.name` is required and must be a string"),
        (Some(r#"["a"]"#), "`params` must be an object"),
    ];
    for (params, want) in cases {
        assert_eq!(called(params).unwrap_err().to_string(), want, "{params:?}");
    }
}
