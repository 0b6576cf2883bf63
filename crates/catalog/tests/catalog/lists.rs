use contract::Provider;
use contract::model::{CacheHint, CacheScope, McpError, Offers};

use crate::records::context;
use crate::scripted::{Scripted, gathered, member, now, taken};

/// The tools of every page and where each page goes on.
fn pages(catalog: &impl Provider) -> Vec<(Vec<String>, Option<String>)> {
    let mut pages = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let page = now(catalog.list_tools(&context(), cursor.as_deref())).unwrap();
        cursor = page.next_cursor.clone();
        pages.push((page.tools.into_iter().map(|tool| tool.name).collect(), page.next_cursor));
        if cursor.is_none() {
            return pages;
        }
    }
}

#[test]
fn lists_are_in_the_configured_order_and_a_cursor_names_the_member_and_its_own_cursor() {
    let a = || Scripted::new("a").tools(&[&["a1"], &["a2"], &["a3"]]);
    let b = || Scripted::new("b").tools(&[&["b1"]]);
    let none = || Scripted::new("none").prompts(&["ask"]);
    let cases = [
        (vec![a(), b()], vec![("a1", Some("a:")), ("a2", Some("a:2")), ("a3 b1", None)]),
        (vec![b(), none(), a()], vec![("b1 a1", Some("a:")), ("a2", Some("a:2")), ("a3", None)]),
        (vec![none(), b()], vec![("b1", None)]),
        // One alone keeps its own cursors, of which one is empty.
        (vec![a()], vec![("a1", Some("")), ("a2", Some("2")), ("a3", None)]),
    ];
    for (providers, expected) in cases {
        let (catalog, _) = gathered(providers.into_iter().map(|provider| member(provider, "")).collect());
        let expected: Vec<_> = expected
            .into_iter()
            .map(|(names, next)| (names.split(' ').map(str::to_owned).collect(), next.map(str::to_owned)))
            .collect();
        assert_eq!(pages(&catalog), expected);
    }
}

#[test]
fn all_members_are_asked_for_their_first_page_at_once() {
    let (catalog, log) = gathered(vec![
        member(Scripted::new("a").tools(&[&["draw"]]).dynamic(), ""),
        member(Scripted::new("b").tools(&[&["roll"]]).dynamic(), ""),
    ]);
    let ctx = context();
    let mut listing = std::pin::pin!(catalog.list_tools(&ctx, None));
    let mut task = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(listing.as_mut().poll(&mut task).is_pending());
    assert_eq!(taken(&log), ["a list-tools", "b list-tools"]);
}

#[test]
fn a_cursor_of_somebody_else_is_refused() {
    let (catalog, _) = gathered(vec![
        member(Scripted::new("a").tools(&[&["draw"], &["roll"]]), ""),
        member(Scripted::new("b").prompts(&["ask"]), ""),
    ]);
    for cursor in ["", "a", ":", "c:", "b:", "a:x", "a:9", "A:"] {
        let result = now(catalog.list_tools(&context(), Some(cursor)));
        assert_eq!(result.err(), Some(McpError::InvalidCursor), "{cursor}");
    }
}

#[test]
fn names_are_prefixed_and_uris_are_not() {
    let provider = Scripted::new("a").tools(&[&["draw"]]).prompts(&["ask"]).resources(&["x://1"], &["x://{y}/z"]);
    let (catalog, _) = gathered(vec![member(provider, "a.")]);
    let ctx = context();
    assert_eq!(now(catalog.list_tools(&ctx, None)).unwrap().tools[0].name, "a.draw");
    assert_eq!(now(catalog.list_prompts(&ctx, None)).unwrap().prompts[0].name, "a.ask");
    assert_eq!(now(catalog.list_resources(&ctx, None)).unwrap().resources[0].uri, "x://1");
    assert_eq!(now(catalog.list_templates(&ctx, None)).unwrap().templates[0].uri_template, "x://{y}/z");
}

#[test]
fn a_page_is_kept_no_longer_and_by_no_more_than_its_strictest_member_allows() {
    let hint = |ttl_ms, scope| Some(CacheHint { ttl_ms, scope });
    let (public, private) = (CacheScope::Public, CacheScope::Private);
    let cases = [
        (hint(100, public), hint(50, private), hint(50, private)),
        (hint(100, public), None, None),
        (hint(100, public), hint(200, public), hint(100, public)),
    ];
    for (first, second, expected) in cases {
        let one = |name, tool, cache| member(Scripted::new(name).tools(&[&[tool]]).set(|it| it.cache = cache), "");
        let (catalog, _) = gathered(vec![one("a", "draw", first), one("b", "roll", second)]);
        assert_eq!(now(catalog.list_tools(&context(), None)).unwrap().cache, expected);
    }
}

#[test]
fn what_pages_say_besides_is_united() {
    let one = |name, tool, extra: &str| {
        member(Scripted::new(name).tools(&[&[tool]]).set(|it| it.extra = Some(extra.to_owned())), "")
    };
    let (catalog, _) =
        gathered(vec![one("a", "draw", r#"{"_meta":{"a":1}}"#), one("b", "roll", r#"{"_meta":0,"x":2}"#)]);
    let extra = now(catalog.list_tools(&context(), None)).unwrap().extra;
    assert_eq!(extra.as_deref(), Some(r#"{"_meta":{"a":1},"x":2}"#));

    let (catalog, _) = gathered(vec![one("a", "draw", "{}"), one("b", "roll", "x")]);
    let error = McpError::Internal("the `extra` of provider `b` is not a JSON object".into());
    assert_eq!(now(catalog.list_tools(&context(), None)).err(), Some(error));
}

#[test]
fn a_member_that_is_lost_is_an_error_and_not_a_shorter_list() {
    let (catalog, _) = gathered(vec![
        member(Scripted::new("a").tools(&[&["draw"]]), ""),
        member(Scripted::new("b").offering(Offers::TOOLS).dynamic(), ""),
    ]);
    let lost: Vec<_> = ["a", "b"]
        .into_iter()
        .map(|name| {
            let provider = Scripted::new(name).failing("list-tools", McpError::Unavailable(Some(7)));
            catalog::Member { name: name.into(), prefix: None, provider }
        })
        .collect();
    let catalog = catalog::Catalog::with_routes(lost, catalog.routes()).unwrap();
    assert_eq!(now(catalog.list_tools(&context(), None)).err(), Some(McpError::Unavailable(Some(7))));
}

#[test]
fn what_nobody_has_is_not_offered() {
    let (catalog, log) = gathered(vec![member(Scripted::new("a"), ""), member(Scripted::new("b"), "")]);
    let ctx = context();
    assert_eq!(now(catalog.list_tools(&ctx, None)).err(), Some(McpError::NotOffered));
    assert_eq!(now(catalog.list_prompts(&ctx, None)).err(), Some(McpError::NotOffered));
    assert_eq!(now(catalog.list_resources(&ctx, None)).err(), Some(McpError::NotOffered));
    assert_eq!(now(catalog.list_templates(&ctx, None)).err(), Some(McpError::NotOffered));
    assert!(taken(&log).is_empty());
}

#[test]
fn a_member_that_changes_cannot_list_a_name_that_is_anothers() {
    let (catalog, _) = gathered(vec![
        member(Scripted::new("a").tools(&[&[]]).dynamic(), ""),
        member(Scripted::new("b").tools(&[&["draw"]]), ""),
    ]);
    let thief = Scripted::new("a").tools(&[&["draw", "roll"]]);
    let members = vec![member(thief, ""), member(Scripted::new("b").tools(&[&["draw"]]), "")];
    let catalog = catalog::Catalog::with_routes(members, catalog.routes()).unwrap();
    assert_eq!(pages(&catalog), [(vec!["roll".to_owned(), "draw".to_owned()], None)]);
}

#[test]
fn of_two_members_that_change_the_first_lists_a_name_that_both_have() {
    let one = |name, tools: &[&[&str]]| member(Scripted::new(name).tools(tools).dynamic(), "");
    let (catalog, _) = gathered(vec![one("a", &[&[]]), one("b", &[&[]])]);
    let members = vec![one("a", &[&["draw", "roll"]]), one("b", &[&["roll", "fold"]])];
    let catalog = catalog::Catalog::with_routes(members, catalog.routes()).unwrap();
    assert_eq!(pages(&catalog), [(["draw", "roll", "fold"].map(str::to_owned).to_vec(), None)]);
}
