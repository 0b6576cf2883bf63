//! Tests of extra members and `_meta` of results, and of what each era adds to every result.

use contract::model::ToolOutput;
use serde_json::Value;

use super::{META, sample, server_info, written};
use crate::lifecycle::{discover_result, empty_result, initialize_result};
use crate::result::unnamed;
use crate::tools::{call_result, list_result};
use crate::{JsonBuffer, Version};

const LEGACY: [Version; 2] = [Version::V2025_06_18, Version::V2025_11_25];

#[test]
fn extra_members_come_beside_the_named_ones_and_never_over_them() {
    let extra = |extra: &str| ToolOutput { extra: Some(extra.into()), ..sample::output(vec![sample::text("t")]) };
    let content = r#""content":[{"type":"text","text":"t"}]"#;
    let cases = [
        ("{}", ""),
        (r#"{"later":{"a": 1},"x":2}"#, r#","later":{"a": 1},"x":2"#),
        (r#"{"content":"no","x":2}"#, r#","x":2"#),
        (r#"{"c\u006fntent":"no","\"":2}"#, r#","\"":2"#),
        // Members without a field may come from `extra`.
        (r#"{"isError":true,"structuredContent":{}}"#, r#","isError":true,"structuredContent":{}"#),
    ];
    for (json, want) in cases {
        let got = written(|out| call_result(out, &extra(json), Version::V2025_11_25, Some(&server_info())));
        assert_eq!(got, format!("{{{content}{want}}}"), "{json}");
        let got = written(|out| call_result(out, &extra(json), Version::MODERN, Some(&server_info())));
        assert_eq!(got, format!(r#"{{"resultType":"complete",{content},{META}{want}}}"#), "{json}");
    }
}

#[test]
fn the_meta_of_a_result_has_the_members_of_server_and_provider() {
    let cases = [
        ("{}", ""),
        (r#"{"a/b":1}"#, r#","a/b":1"#),
        // A provider cannot replace the server's own member.
        (r#"{"io.modelcontextprotocol/serverInfo":{"name":"x","version":"0"},"k":[]}"#, r#","k":[]"#),
    ];
    for (meta, want) in cases {
        let output = ToolOutput { extra: Some(format!(r#"{{"_meta":{meta}}}"#)), ..sample::output(vec![]) };
        let got = written(|out| call_result(out, &output, Version::MODERN, Some(&server_info())));
        let server = r#""io.modelcontextprotocol/serverInfo":{"name":"calc","version":"1.0.0"}"#;
        assert_eq!(got, format!(r#"{{"resultType":"complete","content":[],"_meta":{{{server}{want}}}}}"#));
        for version in LEGACY {
            let got = written(|out| call_result(out, &output, version, Some(&server_info())));
            assert_eq!(got, format!(r#"{{"content":[],"_meta":{meta}}}"#));
        }
    }
}

#[test]
fn no_result_for_a_legacy_client_has_a_modern_member() {
    let modern = r#"{"resultType":"task","ttlMs":1,"cacheScope":"public","kept":true}"#;
    let output = ToolOutput { extra: Some(modern.into()), ..sample::output(vec![]) };
    let mut page = sample::page(vec![sample::full_tool()]);
    page.cache = Some(sample::cache());
    page.extra = Some(modern.into());
    let mut info = sample::info();
    info.cache = Some(sample::cache());
    info.extra = Some(modern.into());
    for version in LEGACY {
        let results = [
            written(|out| empty_result(out, version, Some(&server_info()))),
            written(|out| initialize_result(out, &info, version)),
            written(|out| list_result(out, &page, version, Some(&server_info()))),
            written(|out| call_result(out, &output, version, Some(&server_info()))),
        ];
        for result in results {
            let result: Value = serde_json::from_str(&result).unwrap();
            for name in ["resultType", "ttlMs", "cacheScope"] {
                assert_eq!(result.get(name), None, "{version}: {result}");
            }
            assert_eq!(result.get("_meta"), None, "{version}: {result}");
        }
    }
}

#[test]
fn every_modern_result_says_its_type_and_its_server() {
    let version = Version::MODERN;
    let results = [
        written(|out| empty_result(out, version, Some(&server_info()))),
        written(|out| discover_result(out, &sample::info(), &[version], &server_info())),
        written(|out| list_result(out, &sample::page(vec![]), version, Some(&server_info()))),
        written(|out| call_result(out, &sample::output(vec![]), version, Some(&server_info()))),
    ];
    for result in results {
        let result: Value = serde_json::from_str(&result).unwrap();
        assert_eq!(result["resultType"], "complete");
        assert_eq!(result["_meta"]["io.modelcontextprotocol/serverInfo"]["name"], "calc");
    }
}

#[test]
fn an_unnamed_result_passes_with_the_server_info() {
    let json = r#"{"taskId":"1","resultType":"task","_meta":{"k":1}}"#;
    let server = r#""io.modelcontextprotocol/serverInfo":{"name":"calc","version":"1.0.0"}"#;
    let want = format!(r#"{{"resultType":"task","_meta":{{{server},"k":1}},"taskId":"1"}}"#);
    assert_eq!(written(|out| unnamed(out, json, None, Version::MODERN, Some(&server_info()))), want);
}

#[test]
fn members_of_the_transport_never_come_from_extra() {
    let forged =
        r#"{"resultType":"input_required","inputRequests":{},"inputResponses":{},"requestState":"s","kept":1}"#;
    let output = ToolOutput { extra: Some(forged.into()), ..sample::output(vec![]) };
    for version in Version::ALL {
        let got: Value =
            serde_json::from_str(&written(|out| call_result(out, &output, version, Some(&server_info())))).unwrap();
        for name in ["inputRequests", "inputResponses", "requestState"] {
            assert_eq!(got.get(name), None, "{version}");
        }
        assert_ne!(got["resultType"], "input_required");
        assert_eq!(got["kept"], 1);
    }
    let task = r#"{"resultType":"task","requestState":"s"}"#;
    assert!(!written(|out| unnamed(out, task, None, Version::MODERN, Some(&server_info()))).contains("requestState"));
}

#[test]
fn the_rest_of_an_inner_object_is_kept_under_its_name() {
    let mut tool = sample::full_tool();
    tool.extra = Some(r#"{"execution":{"taskSupport":"no","x":1}}"#.into());
    tool.task_support = Some(contract::model::TaskSupport::Optional);
    let page = sample::page(vec![tool]);
    let got = written(|out| list_result(out, &page, Version::V2025_11_25, Some(&server_info())));
    assert!(got.contains(r#""execution":{"taskSupport":"optional","x":1}"#), "{got}");
}

#[test]
fn no_answer_has_a_member_of_another_type_than_the_schema_says_nor_a_cursor_of_extra() {
    let mut tool = sample::tool();
    tool.extra = Some(r#"{"title":5,"outputSchema":7,"annotations":"x","later":1}"#.into());
    let mut page = sample::page(vec![tool]);
    page.extra = Some(r#"{"nextCursor":"evil:zzz","_meta":5,"kept":1}"#.into());
    let mut info = sample::info();
    info.extra = Some(r#"{"instructions":5,"capabilities":{"experimental":7,"later":{}},"_meta":[]}"#.into());
    let output = ToolOutput { extra: Some(r#"{"isError":"x","kept":1}"#.into()), ..sample::output(vec![]) };
    for version in Version::ALL {
        let parsed = |json: String| serde_json::from_str::<Value>(&json).unwrap();
        let list = parsed(written(|out| list_result(out, &page, version, Some(&server_info()))));
        assert_eq!((&list["nextCursor"], &list["kept"]), (&Value::Null, &1.into()), "{version}: {list}");
        for name in ["title", "outputSchema", "annotations"] {
            assert_eq!(list["tools"][0].get(name), None, "{version}: {list}");
        }
        assert_eq!(list["tools"][0]["later"], 1);
        let call = parsed(written(|out| call_result(out, &output, version, Some(&server_info()))));
        assert_eq!((call.get("isError"), &call["kept"]), (None, &1.into()), "{version}: {call}");
        let server = match version.is_modern() {
            true => written(|out| discover_result(out, &info, &[version], &server_info())),
            false => written(|out| initialize_result(out, &info, version)),
        };
        let server = parsed(server);
        assert_eq!((server.get("instructions"), server["capabilities"].get("experimental")), (None, None), "{server}");
        assert!(server["capabilities"]["later"].is_object() && !server["_meta"].is_array(), "{server}");
    }
}

#[test]
fn json_of_a_provider_has_exactly_one_reading() {
    let deep = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    let cases = [
        (r#"{"a":1,"a":2}"#.to_owned(), "has an object with the key `a` more than once"),
        (r#"[{"b":{"a":1,"\u0061":2}}]"#.to_owned(), "has an object with the key `a` more than once"),
        (deep(101), "nests deeper than 100 levels"),
        (deep(3_000_000), "nests deeper than 100 levels"),
        ("1e999".to_owned(), "is not JSON: number out of range"),
        (r#""\ud800""#.to_owned(), "is not JSON: "),
        ("1 2".to_owned(), "is not JSON: trailing"),
    ];
    for (json, fault) in cases {
        let output = ToolOutput { structured_content: Some(json.clone()), ..sample::output(vec![]) };
        let error = call_result(&mut JsonBuffer::unbounded(), &output, Version::MODERN, None).unwrap_err();
        let start = json.chars().take(20).collect::<String>();
        assert_eq!(error.path, "structuredContent", "{start}");
        assert!(error.reason.starts_with(fault), "{start}: {error}");
        let output = ToolOutput { extra: Some(format!(r#"{{"later":{json}}}"#)), ..sample::output(vec![]) };
        assert!(call_result(&mut JsonBuffer::unbounded(), &output, Version::MODERN, None).is_err(), "{start}");
    }
    let output = ToolOutput { structured_content: Some(format!(" {} ", deep(100))), ..sample::output(vec![]) };
    assert!(written(|out| call_result(out, &output, Version::MODERN, None)).contains(&deep(100)));
}
