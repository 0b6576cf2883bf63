//! Tests of the resource methods: parameters and results.

use contract::model::{
    Annotations, ResourceBody, ResourceContents, ResourceInfo, ResourceOutput, ResourcePage, ResourceRead,
    ResourceTemplate, ResourceTemplatePage,
};

use super::{MAX_URI_BYTES, list_result, list_templates_result, read_params, read_result};
use crate::Version::{self, V2025_06_18, V2025_11_25, V2026_07_28};
use crate::params::MultiLegParams;
use crate::tests::{META, params, sample, server_info, written};
use crate::{EncodeError, InvalidParams, JsonBuffer};

fn decoded(json: Option<&str>) -> Result<MultiLegParams<ResourceRead>, InvalidParams> {
    params(json).and_then(|params| read_params(&params))
}

fn contents(body: ResourceBody) -> ResourceContents {
    ResourceContents { uri: "file:///a".into(), mime_type: None, body, extra: None }
}

fn output(contents: Vec<ResourceContents>) -> ResourceOutput {
    ResourceOutput { contents, cache: None, extra: None }
}

fn page(resources: Vec<ResourceInfo>) -> ResourcePage {
    ResourcePage { resources, next_cursor: None, cache: None, extra: None }
}

fn template() -> ResourceTemplate {
    ResourceTemplate {
        uri_template: "file:///{path}".into(),
        name: "files".into(),
        title: Some("Files".into()),
        description: None,
        mime_type: Some("text/plain".into()),
        annotations: None,
        icons: vec![sample::icon()],
        extra: Some(r#"{"_meta":{"k":1}}"#.into()),
    }
}

#[test]
fn a_resource_is_read_by_its_uri_and_members_without_a_field_are_extra() {
    // The parameters, then uri, extra, and whether the client resumes.
    let cases = [
        (r#"{"uri":"file:///\u0061"}"#, ("file:///a", None, false)),
        (r#"{"uri":"","_meta":{"x":1}}"#, ("", None, false)),
        (r#"{"uri":"a:b","inputResponses":{}}"#, ("a:b", None, true)),
        (r#"{"uri":"a:b","requestState":null}"#, ("a:b", None, false)),
        (r#"{"uri":"a:b","later":[1, 2]}"#, ("a:b", Some(r#"{"later":[1, 2]}"#), false)),
    ];
    for (params, want) in cases {
        let MultiLegParams { call, resumed_by_client } = decoded(Some(params)).unwrap();
        assert_eq!((call.uri.as_str(), call.extra.as_deref(), resumed_by_client), want, "{params}");
        assert!(call.resumed.is_none());
    }
    for params in [None, Some("{}"), Some(r#"{"uri":null}"#), Some(r#"{"uri":["a"]}"#)] {
        let error = decoded(params).unwrap_err().to_string();
        assert_eq!(error, "`params.uri` is required and must be a string", "{params:?}");
    }
}

#[test]
fn a_uri_has_at_most_as_many_bytes_as_the_limit_and_the_error_names_it() {
    let read = |bytes: usize| {
        decoded(Some(&format!(r#"{{"uri":"{}"}}"#, "a".repeat(bytes)))).map(|params| params.call.uri.len())
    };
    assert_eq!(read(MAX_URI_BYTES), Ok(MAX_URI_BYTES));
    let error = read(MAX_URI_BYTES + 1).unwrap_err().to_string();
    assert_eq!(error, format!("`params.uri` must not be longer than {MAX_URI_BYTES} bytes"));
}

#[test]
fn a_list_of_resources_is_golden_in_every_version() {
    let annotations = r#""annotations":{"audience":["user","assistant"],"priority":0.5,"lastModified":"2025-01-12T15:00:58Z","later":1}"#;
    let icons =
        r#","icons":[{"src":"https://i","mimeType":"image/png","sizes":["48x48","any"],"theme":"dark","alt":"x"}]"#;
    let resource = |icons: &str| {
        format!(
            r#"{{"uri":"file:///a","name":"a","title":"A","description":"d","mimeType":"text/plain","size":4096,{annotations}{icons},"_meta":{{}}}}"#
        )
    };
    let cases = [
        (V2025_06_18, format!(r#"{{"resources":[{}],"nextCursor":"n"}}"#, resource(""))),
        (V2025_11_25, format!(r#"{{"resources":[{}],"nextCursor":"n"}}"#, resource(icons))),
        (
            V2026_07_28,
            format!(
                r#"{{"resultType":"complete","resources":[{}],"nextCursor":"n","ttlMs":300000,"cacheScope":"public",{META}}}"#,
                resource(icons)
            ),
        ),
    ];
    for (version, want) in cases {
        let page =
            ResourcePage { next_cursor: Some("n".into()), cache: Some(sample::cache()), ..page(vec![sample::link()]) };
        assert_eq!(written(|out| list_result(out, &page, version, Some(&server_info()))), want, "{version}");
    }
}

#[test]
fn a_list_of_templates_is_golden_in_every_version() {
    let icons =
        r#","icons":[{"src":"https://i","mimeType":"image/png","sizes":["48x48","any"],"theme":"dark","alt":"x"}]"#;
    let template_json = |icons: &str| {
        format!(
            r#"{{"uriTemplate":"file:///{{path}}","name":"files","title":"Files","mimeType":"text/plain"{icons},"_meta":{{"k":1}}}}"#
        )
    };
    let cases = [
        (V2025_06_18, format!(r#"{{"resourceTemplates":[{}]}}"#, template_json(""))),
        (V2025_11_25, format!(r#"{{"resourceTemplates":[{}]}}"#, template_json(icons))),
        (
            V2026_07_28,
            format!(
                r#"{{"resultType":"complete","resourceTemplates":[{}],"ttlMs":0,"cacheScope":"private",{META}}}"#,
                template_json(icons)
            ),
        ),
    ];
    for (version, want) in cases {
        let page = ResourceTemplatePage { templates: vec![template()], next_cursor: None, cache: None, extra: None };
        assert_eq!(written(|out| list_templates_result(out, &page, version, Some(&server_info()))), want, "{version}");
    }
}

#[test]
fn contents_are_text_or_base64_or_a_kind_without_a_case() {
    let all = vec![
        ResourceContents {
            mime_type: Some("text/plain".into()),
            extra: Some(r#"{"_meta":{"c":1}}"#.into()),
            ..contents(ResourceBody::Text("t\n".into()))
        },
        contents(ResourceBody::Blob(vec![0xff, 0, 0x10])),
        contents(ResourceBody::Blob(vec![])),
        contents(ResourceBody::Unnamed(r#"{"rows":[1 ,2],"uri":"x"}"#.into())),
    ];
    let want = concat!(
        r#""contents":[{"uri":"file:///a","mimeType":"text/plain","text":"t\n","_meta":{"c":1}},"#,
        r#"{"uri":"file:///a","blob":"/wAQ"},{"uri":"file:///a","blob":""},{"uri":"file:///a","rows":[1 ,2]}]"#,
    );
    for version in [V2025_06_18, V2025_11_25] {
        let got = written(|out| read_result(out, &output(all.clone()), version, Some(&server_info())));
        assert_eq!(got, format!("{{{want}}}"), "{version}");
    }
    let kept = ResourceOutput { cache: Some(sample::cache()), ..output(all) };
    let got = written(|out| read_result(out, &kept, V2026_07_28, Some(&server_info())));
    assert_eq!(got, format!(r#"{{"resultType":"complete",{want},"ttlMs":300000,"cacheScope":"public",{META}}}"#));
}

#[test]
fn a_cache_hint_that_is_too_long_for_its_field_is_taken_from_extra() {
    let read = |extra: &str, cache| {
        let output = ResourceOutput { extra: Some(extra.into()), cache, ..output(vec![]) };
        let mut out = JsonBuffer::unbounded();
        let read = read_result(&mut out, &output, Version::MODERN, None);
        read.map(|()| String::from_utf8(out.finish().unwrap()).unwrap())
    };
    let long = r#"{"ttlMs":31536000000,"cacheScope":"public"}"#;
    let cases = [
        (long, None, r#""ttlMs":31536000000,"cacheScope":"public"}"#),
        (r#"{"ttlMs":7}"#, None, r#""ttlMs":7,"cacheScope":"private"}"#),
        (r#"{"cacheScope":"public"}"#, None, r#""ttlMs":0,"cacheScope":"public"}"#),
        (long, Some(sample::cache()), r#""ttlMs":300000,"cacheScope":"public"}"#),
    ];
    for (extra, cache, want) in cases {
        let got = read(extra, cache).unwrap();
        assert!(got.ends_with(want), "{got}");
    }
    for ttl_ms in ["-1", "1.5", "null", r#""7""#] {
        let error = read(&format!(r#"{{"ttlMs":{ttl_ms}}}"#), None).unwrap_err().to_string();
        assert_eq!(error, "`ttlMs` must be a whole number of milliseconds, 0 or more");
    }
    for scope in [r#""shared""#, "null", "1"] {
        let error = read(&format!(r#"{{"cacheScope":{scope}}}"#), None).unwrap_err().to_string();
        assert_eq!(error, "`cacheScope` must be `public` or `private`");
    }
}

#[test]
fn an_answer_that_breaks_the_contract_is_refused_with_the_place_and_the_reason() {
    let list = |resource: ResourceInfo| {
        list_result(&mut JsonBuffer::unbounded(), &page(vec![sample::link(), resource]), Version::MODERN, None)
    };
    let templates = |template| {
        let page = ResourceTemplatePage { templates: vec![template], next_cursor: None, cache: None, extra: None };
        list_templates_result(&mut JsonBuffer::unbounded(), &page, Version::MODERN, None)
    };
    let read = |body| read_result(&mut JsonBuffer::unbounded(), &output(vec![contents(body)]), Version::MODERN, None);
    let priority = Annotations { priority: Some(f64::NAN), ..sample::annotations() };
    let cases: [(Result<(), EncodeError>, &str); 5] = [
        (
            list(ResourceInfo { size: Some(f64::INFINITY), ..sample::link() }),
            "`resources[1].size` must be a finite number",
        ),
        (
            list(ResourceInfo { annotations: Some(priority), ..sample::link() }),
            "`resources[1].annotations.priority` must be a finite number",
        ),
        (
            templates(ResourceTemplate { extra: Some("[]".into()), ..template() }),
            "`resourceTemplates[0].extra` is not a JSON object: ",
        ),
        (read(ResourceBody::Unnamed("7".into())), "`contents[0].body` is not a JSON object: "),
        (
            read_result(
                &mut JsonBuffer::unbounded(),
                &ResourceOutput { extra: Some(r#"{"a":1,"a":2}"#.into()), ..output(vec![]) },
                Version::MODERN,
                None,
            ),
            "`extra` has the member `a` twice",
        ),
    ];
    for (got, want) in cases {
        let got = got.expect_err(want).to_string();
        assert!(got.starts_with(want), "{got}\n{want}");
    }
}
