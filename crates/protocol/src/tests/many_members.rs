//! Tests of objects with as many members as fit into the largest answer of a provider: comparing them pair by pair would take minutes.

use contract::model::{ResourceBody, ResourceContents, ResourceOutput};

use super::{sample, server_info, written};
use crate::lifecycle::discover_result;
use crate::resources::read_result;
use crate::{JsonBuffer, Version};

const MEMBERS: usize = 400_000;

/// An object with this many members, from the one of this number on.
fn object(first: usize) -> String {
    let members: Vec<String> = (first..first + MEMBERS).map(|n| format!("\"{n}\":{{}}")).collect();
    format!("{{{}}}", members.join(","))
}

#[test]
fn an_unnamed_body_and_extra_of_very_many_members_are_one_object_without_repetition() {
    let half = MEMBERS / 2;
    let contents = ResourceContents {
        uri: "file:///a".into(),
        mime_type: None,
        body: ResourceBody::Unnamed(object(0)),
        extra: Some(object(half)),
    };
    let output = ResourceOutput { contents: vec![contents], cache: None, extra: None };
    let got = written(|out| read_result(out, &output, Version::V2025_11_25, None));
    let all: Vec<String> = (0..half + MEMBERS).map(|n| format!("\"{n}\":{{}}")).collect();
    assert!(got == format!(r#"{{"contents":[{{"uri":"file:///a",{}}}]}}"#, all.join(",")));
}

#[test]
fn very_many_extensions_are_written_unless_one_is_there_twice() {
    let mut info = sample::info();
    info.extensions = (0..MEMBERS).map(|n| (n.to_string(), "{}".to_owned())).collect();
    let got = written(|out| discover_result(out, &info, &[Version::MODERN], &server_info()));
    assert!(got.contains(&format!(r#""extensions":{}"#, object(0))));
    info.extensions.push(("7".into(), "{}".into()));
    let error = discover_result(&mut JsonBuffer::unbounded(), &info, &[Version::MODERN], &server_info()).unwrap_err();
    assert_eq!(error.to_string(), "`capabilities.extensions.7` is there twice");
}
