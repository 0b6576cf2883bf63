//! Tests of `prompts/list` and `prompts/get`: parameters and results.

use contract::model::{ContentBlock, Prompt, PromptArgument, PromptGet, PromptMessage, PromptOutput, PromptPage, Role};

use super::{get_params, get_result, list_result};
use crate::Version::{self, V2025_06_18, V2025_11_25, V2026_07_28};
use crate::params::MultiLegParams;
use crate::tests::{META, params, sample, server_info, written};
use crate::{InvalidParams, JsonBuffer};

fn decoded(json: Option<&str>) -> Result<MultiLegParams<PromptGet>, InvalidParams> {
    params(json).and_then(|params| get_params(&params))
}

fn prompt(arguments: Vec<PromptArgument>) -> Prompt {
    Prompt { name: "greet".into(), title: None, description: None, arguments, icons: vec![], extra: None }
}

fn full_prompt() -> Prompt {
    let argument = PromptArgument {
        name: "who".into(),
        title: Some("Who".into()),
        description: Some("d".into()),
        required: Some(false),
        extra: Some(r#"{"later":1}"#.into()),
    };
    let least = PromptArgument { name: "how".into(), title: None, description: None, required: None, extra: None };
    Prompt {
        title: Some("Greet".into()),
        description: Some("Says \"hi\"".into()),
        icons: vec![sample::icon()],
        extra: Some(r#"{"_meta":{"k":1}}"#.into()),
        ..prompt(vec![argument, least])
    }
}

fn message(role: Role, content: ContentBlock) -> PromptMessage {
    PromptMessage { role, content, extra: None }
}

#[test]
fn a_prompt_is_filled_in_with_texts_and_members_without_a_field_are_extra() {
    // The parameters, then name, arguments, extra, and whether the client resumes.
    type Want = (&'static str, &'static [(&'static str, &'static str)], Option<&'static str>, bool);
    let cases: [(&str, Want); 6] = [
        (r#"{"name":"greet"}"#, ("greet", &[], None, false)),
        (r#"{"name":"greet","arguments":{}}"#, ("greet", &[], None, false)),
        (
            r#"{"arguments":{"who":"\u0041da","how":""},"name":"","_meta":{}}"#,
            ("", &[("who", "Ada"), ("how", "")], None, false),
        ),
        (r#"{"name":"greet","inputResponses":{}}"#, ("greet", &[], None, true)),
        (r#"{"name":"greet","requestState":"s"}"#, ("greet", &[], None, true)),
        (r#"{"name":"greet","later":{"a": 1}}"#, ("greet", &[], Some(r#"{"later":{"a": 1}}"#), false)),
    ];
    for (params, want) in cases {
        let MultiLegParams { call, resumed_by_client } = decoded(Some(params)).unwrap();
        let arguments: Vec<(&str, &str)> =
            call.arguments.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(
            (call.name.as_str(), arguments.as_slice(), call.extra.as_deref(), resumed_by_client),
            want,
            "{params}"
        );
        assert!(call.resumed.is_none());
    }
}

#[test]
fn bad_parameters_are_refused_with_the_member_that_is_wrong() {
    let cases = [
        (None, "`params.name` is required and must be a string"),
        (Some("{}"), "`params.name` is required and must be a string"),
        (Some(r#"{"name":1}"#), "`params.name` is required and must be a string"),
        (Some(r#"{"name":"a","arguments":["b"]}"#), "`params.arguments` must be an object"),
        (Some(r#"{"name":"a","arguments":{"b":"","c":7}}"#), "`params.arguments.c` must be a string"),
        (Some(r#"{"name":"a","arguments":{"b":null}}"#), "`params.arguments.b` must be a string"),
    ];
    for (params, want) in cases {
        assert_eq!(decoded(params).unwrap_err().message, want, "{params:?}");
    }
}

#[test]
fn a_list_of_prompts_is_golden_in_every_version() {
    let arguments =
        r#""arguments":[{"name":"who","title":"Who","description":"d","required":false,"later":1},{"name":"how"}]"#;
    let icons =
        r#","icons":[{"src":"https://i","mimeType":"image/png","sizes":["48x48","any"],"theme":"dark","alt":"x"}]"#;
    let prompts = |icons: &str| {
        format!(
            r#""prompts":[{{"name":"greet","title":"Greet","description":"Says \"hi\"",{arguments}{icons},"_meta":{{"k":1}}}},{{"name":"greet"}}]"#
        )
    };
    let cases = [
        (V2025_06_18, format!("{{{}}}", prompts(""))),
        (V2025_11_25, format!("{{{}}}", prompts(icons))),
        (
            V2026_07_28,
            format!(r#"{{"resultType":"complete",{},"ttlMs":0,"cacheScope":"private",{META}}}"#, prompts(icons)),
        ),
    ];
    for (version, want) in cases {
        let prompts = vec![full_prompt(), prompt(vec![])];
        let page = PromptPage { prompts, next_cursor: None, cache: None, extra: None };
        assert_eq!(written(|out| list_result(out, &page, version, Some(&server_info()))), want, "{version}");
    }
}

#[test]
fn a_prompt_that_is_filled_in_is_golden_and_never_cacheable() {
    let messages = vec![
        message(Role::User, sample::text("Hi, Ada!")),
        PromptMessage {
            extra: Some(r#"{"later":1}"#.into()),
            ..message(Role::Assistant, ContentBlock::Image(sample::media(b"\xff", None)))
        },
        message(Role::User, ContentBlock::Unnamed(r#"{"type":"video","x":1}"#.into())),
    ];
    let output = PromptOutput { description: Some("d".into()), messages, extra: Some(r#"{"_meta":{"k":1}}"#.into()) };
    let members = concat!(
        r#""description":"d","messages":[{"role":"user","content":{"type":"text","text":"Hi, Ada!"}},"#,
        r#"{"role":"assistant","content":{"type":"image","data":"/w==","mimeType":"image/png"},"later":1},"#,
        r#"{"role":"user","content":{"type":"video","x":1}}]"#,
    );
    for version in [V2025_06_18, V2025_11_25] {
        let got = written(|out| get_result(out, &output, version, Some(&server_info())));
        assert_eq!(got, format!(r#"{{{members},"_meta":{{"k":1}}}}"#), "{version}");
    }
    let got = written(|out| get_result(out, &output, V2026_07_28, Some(&server_info())));
    let meta = META.replace("}}", r#"},"k":1}"#);
    assert_eq!(got, format!(r#"{{"resultType":"complete",{members},{meta}}}"#));
    let empty = PromptOutput { description: None, messages: vec![], extra: None };
    assert_eq!(written(|out| get_result(out, &empty, V2025_11_25, None)), r#"{"messages":[]}"#);
}

#[test]
fn an_answer_that_breaks_the_contract_is_refused_with_the_place_and_the_reason() {
    let list = |prompt: Prompt| {
        let page = PromptPage { prompts: vec![prompt], next_cursor: None, cache: None, extra: None };
        list_result(&mut JsonBuffer::unbounded(), &page, Version::MODERN, None).unwrap_err().to_string()
    };
    let get = |content| {
        let output = PromptOutput { description: None, messages: vec![message(Role::User, content)], extra: None };
        get_result(&mut JsonBuffer::unbounded(), &output, Version::MODERN, None).unwrap_err().to_string()
    };
    let mut prompt = full_prompt();
    prompt.arguments[1].extra = Some("7".into());
    let cases = [
        (list(prompt), "`prompts[0].arguments[1].extra` is not a JSON object: "),
        (
            get(ContentBlock::Unnamed(r#"{"type":"text"}"#.into())),
            "`messages[0].content.type` is `text`, which has a case of its own",
        ),
        (get(ContentBlock::Unnamed("{".into())), "`messages[0].content` is not a JSON object: "),
    ];
    for (got, want) in cases {
        assert!(got.starts_with(want), "{got}\n{want}");
    }
}
