//! Merged lists: order, cursors, names, hints.

use contract::model::{CacheHint, CacheScope, McpError, Offers, ToolOutcome};
use contract::{Events, Provider};

use crate::records::{call, context, tool};
use crate::scripted::{Scripted, built, named, now, remade, taken};

/// The tools of every page, and the cursor of the next one.
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
fn lists_are_in_the_configured_order_and_a_cursor_names_the_provider_and_its_own_cursor() {
    let a = || Scripted::new("a").tools(&[&["a1"], &["a2"], &["a3"]]);
    let b = || Scripted::new("b").tools(&[&["b1"]]);
    let none = || Scripted::new("none").prompts(&["ask"]);
    let cases = [
        (vec![a(), b()], vec![("a1", Some("a:")), ("a2", Some("a:2")), ("a3 b1", None)]),
        (vec![b(), none(), a()], vec![("b1 a1", Some("a:")), ("a2", Some("a:2")), ("a3", None)]),
        (vec![none(), b()], vec![("b1", None)]),
        // A single provider has its own cursors, of which one is empty.
        (vec![a()], vec![("a1", Some("")), ("a2", Some("2")), ("a3", None)]),
    ];
    for (providers, expected) in cases {
        let (catalog, _) = built(providers.into_iter().map(|provider| named(provider, "")).collect());
        let expected: Vec<_> = expected
            .into_iter()
            .map(|(names, next)| (names.split(' ').map(str::to_owned).collect(), next.map(str::to_owned)))
            .collect();
        assert_eq!(pages(&catalog), expected);
    }
}

#[test]
fn all_providers_are_asked_for_their_first_page_at_once() {
    let (catalog, log) = built(vec![
        named(Scripted::new("a").tools(&[&["draw"]]).dynamic(), ""),
        named(Scripted::new("b").tools(&[&["roll"]]).dynamic(), ""),
    ]);
    let ctx = context();
    let mut listing = std::pin::pin!(catalog.list_tools(&ctx, None));
    let mut task = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(listing.as_mut().poll(&mut task).is_pending());
    assert_eq!(taken(&log), ["a list-tools", "b list-tools"]);
}

#[test]
fn a_cursor_that_the_list_did_not_issue_is_refused() {
    let (catalog, _) = built(vec![
        named(Scripted::new("a").tools(&[&["draw"], &["roll"]]), ""),
        named(Scripted::new("b").prompts(&["ask"]), ""),
    ]);
    for cursor in ["", "a", ":", "c:", "b:", "a:x", "a:9", "A:", "a:a:", "b:a:"] {
        let result = now(catalog.list_tools(&context(), Some(cursor)));
        assert_eq!(result.err(), Some(McpError::InvalidCursor), "{cursor}");
    }
    // The cursor of another list names a provider that has no such list, or that did not issue it.
    let tools = now(catalog.list_tools(&context(), None)).unwrap().next_cursor;
    assert_eq!(now(catalog.list_prompts(&context(), tools.as_deref())).err(), Some(McpError::InvalidCursor));
}

#[test]
fn names_are_prefixed_and_uris_are_not() {
    let provider = Scripted::new("a").tools(&[&["draw"]]).prompts(&["ask"]).resources(&["x://1"], &["x://{y}/z"]);
    let (catalog, _) = built(vec![named(provider, "a.")]);
    let ctx = context();
    assert_eq!(now(catalog.list_tools(&ctx, None)).unwrap().tools[0].name, "a.draw");
    assert_eq!(now(catalog.list_prompts(&ctx, None)).unwrap().prompts[0].name, "a.ask");
    assert_eq!(now(catalog.list_resources(&ctx, None)).unwrap().resources[0].uri, "x://1");
    assert_eq!(now(catalog.list_templates(&ctx, None)).unwrap().templates[0].uri_template, "x://{y}/z");
}

#[test]
fn a_page_is_cached_as_its_strictest_provider_allows() {
    let hint = |ttl_ms, scope| Some(CacheHint { ttl_ms, scope });
    let (public, private) = (CacheScope::Public, CacheScope::Private);
    let cases = [
        (hint(100, public), hint(50, private), hint(50, private)),
        (hint(100, public), None, None),
        (hint(100, public), hint(200, public), hint(100, public)),
    ];
    for (first, second, expected) in cases {
        let one = |name, tool, cache| named(Scripted::new(name).tools(&[&[tool]]).set(|it| it.cache = cache), "");
        let (catalog, _) = built(vec![one("a", "draw", first), one("b", "roll", second)]);
        assert_eq!(now(catalog.list_tools(&context(), None)).unwrap().cache, expected);
    }
}

#[test]
fn the_extra_members_of_pages_are_merged() {
    let one = |name, tool, extra: &str| {
        named(Scripted::new(name).tools(&[&[tool]]).set(|it| it.extra = Some(extra.to_owned())), "")
    };
    let (catalog, _) = built(vec![one("a", "draw", r#"{"_meta":{"a":1}}"#), one("b", "roll", r#"{"_meta":0,"x":2}"#)]);
    let extra = now(catalog.list_tools(&context(), None)).unwrap().extra;
    assert_eq!(extra.as_deref(), Some(r#"{"_meta":{"a":1},"x":2}"#));

    let mut changing = one("b", "roll", "x");
    changing.provider = changing.provider.dynamic();
    let (catalog, _) = built(vec![one("a", "draw", "{}"), changing]);
    let error = McpError::Internal("the `extra` of provider `b` is not a JSON object".into());
    assert_eq!(now(catalog.list_tools(&context(), None)).err(), Some(error));
}

#[test]
fn what_extra_says_of_caching_and_of_the_next_page_holds_for_its_own_provider_alone() {
    let public = r#"{"cacheScope":"public","ttlMs":9000,"nextCursor":"stolen","x":1}"#;
    let hint = |ttl_ms, scope| Some(CacheHint { ttl_ms, scope });
    let private = hint(50, CacheScope::Private);
    let one = |name, tools: &[&[&str]], cache, extra: &str| {
        let extra = (!extra.is_empty()).then(|| extra.to_owned());
        named(Scripted::new(name).tools(tools).dynamic().set(|it| (it.cache, it.extra) = (cache, extra)), "")
    };
    let cases = [
        (vec![one("a", &[&["a1"]], None, public), one("b", &[&["b1"]], None, "")], None, None),
        (vec![one("a", &[&["a1"]], None, public), one("b", &[&["b1"]], private, "")], private, None),
        (vec![one("a", &[&["a1"]], private, public), one("b", &[&["b1"]], private, "")], private, None),
        (
            vec![
                one("a", &[&["a1"]], None, public),
                one("b", &[&["b1"]], None, r#"{"ttlMs":7,"cacheScope":"public"}"#),
            ],
            hint(7, CacheScope::Public),
            None,
        ),
        // The pages of the others are not known here.
        (
            vec![one("a", &[&["a1"], &["a2"]], None, public), one("b", &[&["b1"]], None, "")],
            hint(0, CacheScope::Private),
            Some("a:"),
        ),
    ];
    for (providers, cache, next) in cases {
        let (catalog, _) = built(providers);
        let page = now(catalog.list_tools(&context(), None)).unwrap();
        assert_eq!((page.cache, page.next_cursor.as_deref()), (cache, next));
        assert_eq!(page.extra.as_deref(), Some(r#"{"x":1}"#));
    }

    let lost = one("b", &[&["b1"]], None, "");
    let (catalog, _) = built(vec![one("a", &[&["a1"]], None, public), lost.clone()]);
    let lost = named(lost.provider.failing("list-tools", McpError::DeadlineExceeded), "");
    let (catalog, _) = remade(&catalog, vec![one("a", &[&["a1"]], None, public), lost]);
    let page = now(catalog.with_partial_results().list_tools(&context(), None)).unwrap();
    assert_eq!((page.cache, page.next_cursor), (hint(0, CacheScope::Private), None));
    assert_eq!(page.extra.as_deref(), Some(r#"{"_meta":{"wasmcp/gaps":["b"]},"x":1}"#));
}

#[test]
fn a_provider_that_is_lost_is_an_error_and_not_a_shorter_list() {
    let (catalog, _) = built(vec![
        named(Scripted::new("a").tools(&[&["draw"]]), ""),
        named(Scripted::new("b").offering(Offers::TOOLS).dynamic(), ""),
    ]);
    let lost = |name| named(Scripted::new(name).failing("list-tools", McpError::Unavailable(Some(7))), "");
    let (catalog, _) = remade(&catalog, vec![lost("a"), lost("b")]);
    assert_eq!(now(catalog.list_tools(&context(), None)).err(), Some(McpError::Unavailable(Some(7))));
}

#[test]
fn a_list_that_no_provider_has_is_not_offered() {
    let (catalog, log) = built(vec![named(Scripted::new("a"), ""), named(Scripted::new("b"), "")]);
    let ctx = context();
    assert_eq!(now(catalog.list_tools(&ctx, None)).err(), Some(McpError::NotOffered));
    assert_eq!(now(catalog.list_prompts(&ctx, None)).err(), Some(McpError::NotOffered));
    assert_eq!(now(catalog.list_resources(&ctx, None)).err(), Some(McpError::NotOffered));
    assert_eq!(now(catalog.list_templates(&ctx, None)).err(), Some(McpError::NotOffered));
    assert!(taken(&log).is_empty());
}

#[test]
fn a_provider_that_changes_cannot_list_a_name_of_a_static_one() {
    let (catalog, _) = built(vec![
        named(Scripted::new("a").tools(&[&[]]).dynamic(), ""),
        named(Scripted::new("b").tools(&[&["draw"]]), ""),
    ]);
    let thief = Scripted::new("a").tools(&[&["draw", "roll"]]);
    let providers = vec![named(thief, ""), named(Scripted::new("b").tools(&[&["draw"]]), "")];
    let (catalog, _) = remade(&catalog, providers);
    assert_eq!(pages(&catalog), [(vec!["roll".to_owned(), "draw".to_owned()], None)]);
}

#[test]
fn the_first_of_two_providers_that_change_lists_a_name_that_both_have() {
    let one = |name, tools: &[&[&str]]| named(Scripted::new(name).tools(tools).dynamic(), "");
    let (catalog, _) = built(vec![one("a", &[&[]]), one("b", &[&[]])]);
    let providers = vec![one("a", &[&["draw", "roll"]]), one("b", &[&["roll", "fold"]])];
    let (catalog, _) = remade(&catalog, providers);
    assert_eq!(pages(&catalog), [(["draw", "roll", "fold"].map(str::to_owned).to_vec(), None)]);
}

#[test]
fn every_item_of_a_list_has_its_owner() {
    let (catalog, _) = built(vec![
        named(Scripted::new("a").tools(&[&["draw"]]).dynamic(), ""),
        named(Scripted::new("b").tools(&[&["draw", "roll"]]), "b."),
    ]);
    let page = now(catalog.tools(&context(), None)).unwrap();
    let owners: Vec<_> = page.items.iter().map(|owned| (owned.owner.as_deref(), owned.item.name.as_str())).collect();
    assert_eq!(owners, [(Some("a"), "draw"), (Some("b"), "b.draw"), (Some("b"), "b.roll")]);

    let (catalog, _) = built(vec![named(Scripted::new("a").tools(&[&["draw"]]).dynamic(), "")]);
    let page = now(catalog.tools(&context(), None)).unwrap();
    assert_eq!(page.items.first().unwrap().owner.as_deref(), Some("a"));
}

#[test]
fn a_lost_provider_is_named_and_the_others_are_listed_where_partial_results_are_allowed() {
    let two = |b: Scripted| vec![named(Scripted::new("a").tools(&[&["draw"]]), ""), named(b, "")];
    let (catalog, _) = built(two(Scripted::new("b").tools(&[&["roll"]]).dynamic()));
    let (catalog, _) = remade(&catalog, two(Scripted::new("b").failing("list-tools", McpError::Unavailable(None))));
    let page = now(catalog.with_partial_results().list_tools(&context(), None)).unwrap();
    assert_eq!(page.tools.len(), 1);
    let not_cached = Some(CacheHint { ttl_ms: 0, scope: CacheScope::Private });
    assert_eq!((page.extra.as_deref(), page.cache), (Some(r#"{"_meta":{"wasmcp/gaps":["b"]}}"#), not_cached));
}

#[test]
fn a_provider_that_changes_takes_neither_a_name_of_the_start_nor_a_prefix_of_another() {
    let victim = || Scripted::new("victim").tools(&[&["secret"]]).dynamic();
    let thief = |tools: &[&[&str]]| named(Scripted::new("thief").tools(tools).dynamic(), "");
    for (prefix, stolen) in [("", "secret"), ("v.", "v.secret"), ("v.", "v.other")] {
        let (catalog, _) = built(vec![thief(&[&["own"]]), named(victim(), prefix)]);
        let providers = vec![thief(&[&["own", stolen]]), named(victim(), prefix)];
        let (catalog, log) = remade(&catalog, providers);
        let secret = format!("{prefix}secret");
        assert_eq!(pages(&catalog), [(vec!["own".to_owned(), secret.clone()], None)], "{stolen}");
        taken(&log);
        let outcome = |name| now(catalog.call_tool(&context(), &call(name), &Events::NONE)).map(|leg| leg.outcome);
        assert_eq!(outcome(&secret), Ok(ToolOutcome::Unnamed("victim".into())));
        assert_eq!(outcome("v.other"), Err(McpError::UnknownName("v.other".into())), "{stolen}");
        assert_eq!(taken(&log)[..2], ["victim list-tools", "victim call-tool secret {}"], "{stolen}");
    }
}

#[test]
fn a_cursor_that_is_refused_is_an_error_only_for_the_provider_that_it_names() {
    let two = |fails: &str| {
        let one = |name: &str, tools: &[&[&str]]| {
            let provider = Scripted::new(name).tools(tools).dynamic();
            named(if name == fails { provider.failing("list-tools", McpError::InvalidCursor) } else { provider }, "")
        };
        vec![one("a", &[&["a1"], &["a2"]]), one("b", &[&["b1"]])]
    };
    let missing = |name: &str| Some(format!(r#"{{"_meta":{{"wasmcp/gaps":["{name}"]}}}}"#));
    let cases = [
        ("a", None, Ok((vec!["b1"], missing("a")))),
        ("a", Some("a:"), Err(McpError::InvalidCursor)),
        ("b", Some("b:"), Err(McpError::InvalidCursor)),
    ];
    for (fails, cursor, expected) in cases {
        let (catalog, _) = built(two(""));
        let (catalog, _) = remade(&catalog, two(fails));
        let page = now(catalog.with_partial_results().list_tools(&context(), cursor));
        let page = page.map(|page| (page.tools.into_iter().map(|tool| tool.name).collect::<Vec<_>>(), page.extra));
        let expected = expected.map(|(names, extra)| (names.into_iter().map(str::to_owned).collect(), extra));
        assert_eq!(page, expected, "{fails} {cursor:?}");
    }
}

#[test]
fn what_a_list_says_beside_its_items_is_checked_and_what_is_left_out_stays_with_its_provider() {
    let bad = |name: &str| {
        let mut tool = tool(name);
        tool.output_schema = Some("[]".into());
        tool
    };
    let a = || Scripted::new("a").tools(&[&[]]).dynamic();
    let b = || named(Scripted::new("b").tools(&[&["draw", "roll"]]).dynamic(), "");
    let lists = |a: Scripted| {
        let (catalog, _) = built(vec![
            named(Scripted::new("a").tools(&[&[]]).dynamic(), ""),
            named(Scripted::new("b").tools(&[&[]]).dynamic(), ""),
        ]);
        let (catalog, _) = remade(&catalog, vec![named(a, ""), b()]);
        let catalog = catalog.with_partial_results();
        let page = now(catalog.list_tools(&context(), None)).unwrap();
        let called = now(catalog.call_tool(&context(), &call("draw"), &Events::NONE)).map(|leg| leg.outcome);
        (page.tools.into_iter().map(|tool| tool.name).collect::<Vec<_>>(), page.extra, called)
    };
    let of = |owner: &str| Ok(ToolOutcome::Unnamed(owner.into()));
    let left_out = lists(a().set(|it| it.tools = vec![vec![bad("draw")]]));
    assert_eq!(left_out, (vec!["roll".to_owned()], None, of("a")));
    let page = lists(a().set(|it| it.extra = Some(r#"{"x":{"y":1,"y":2}}"#.into())));
    let names = ["draw", "roll"].map(str::to_owned).to_vec();
    assert_eq!(page, (names, Some(r#"{"_meta":{"wasmcp/gaps":["a"]}}"#.into()), of("b")));
}
