//! Tests of the search for owners: one list for a whole call, and facts that need no list.

use std::sync::Arc;

use catalog::ItemRef;
use contract::Events;
use contract::model::{CompletionRef, McpError, ToolAnnotations};

use crate::records::{call, context, tool};
use crate::scripted::{Scripted, built, named, now, taken};

const HEADERS: &str = r#"{"type":"object","properties":{"region":{"type":"string","x-mcp-header":"Region"}}}"#;

fn with_headers(name: &str) -> Scripted {
    let mut draw = tool("draw");
    draw.input_schema = HEADERS.to_owned();
    draw.annotations = Some(ToolAnnotations {
        title: None,
        read_only_hint: None,
        destructive_hint: None,
        idempotent_hint: Some(true),
        open_world_hint: None,
        extra: None,
    });
    Scripted::new(name).tools(&[]).set(|it| it.tools = vec![vec![draw, tool("roll")]])
}

#[test]
fn a_provider_that_changes_is_listed_once_for_a_whole_call() {
    let other = || named(Scripted::new("b").tools(&[&["deal"]]), "");
    let alone = || vec![named(with_headers("a").dynamic(), "")];
    let cases: [(_, &str, &[&str]); 4] = [
        (alone(), "draw", &["a list-tools", "a call-tool draw {}", "a call-tool draw {}"]),
        (
            vec![named(with_headers("a").dynamic(), ""), other()],
            "draw",
            &["a list-tools", "a call-tool draw {}", "a call-tool draw {}"],
        ),
        (
            vec![named(with_headers("a").dynamic(), "p."), other()],
            "p.draw",
            &["a list-tools", "a call-tool draw {}", "a call-tool draw {}"],
        ),
        (vec![named(with_headers("a"), ""), other()], "draw", &["a call-tool draw {}", "a call-tool draw {}"]),
    ];
    let ctx = context();
    for (providers, name, asked) in cases {
        let (catalog, log) = built(providers);
        let resolved = now(catalog.resolve(&ctx, ItemRef::Tool(name))).unwrap();
        assert_eq!((resolved.owner(), resolved.name()), (Some("a"), name));
        let facts = now(catalog.tool_facts(&ctx, &resolved)).unwrap().unwrap();
        assert!(facts.repeatable && !facts.mirrored_arguments.is_empty());
        assert_eq!((facts.tool.name.as_str(), facts.tool.input_schema.as_str()), ("draw", HEADERS));
        for _leg in 0..2 {
            assert!(now(catalog.call(&ctx, &resolved, &call(name), &Events::NONE)).is_ok());
        }
        assert_eq!(taken(&log), asked, "{name}");
    }
}

#[test]
fn a_call_that_needs_no_facts_of_the_one_provider_lists_nothing() {
    let (catalog, log) = built(vec![named(with_headers("a").dynamic(), "")]);
    let ctx = context();
    let resolved = now(catalog.resolve(&ctx, ItemRef::Tool("draw"))).unwrap();
    assert!(now(catalog.call(&ctx, &resolved, &call("draw"), &Events::NONE)).is_ok());
    assert_eq!(taken(&log), ["a call-tool draw {}"]);
}

#[test]
fn a_tool_that_no_provider_lists_has_no_facts() {
    let ctx = context();
    for provider in [with_headers("a"), with_headers("a").dynamic()] {
        let (catalog, _) = built(vec![named(provider, "")]);
        let resolved = now(catalog.resolve(&ctx, ItemRef::Tool("none"))).unwrap();
        assert_eq!(now(catalog.tool_facts(&ctx, &resolved)), Ok(None));
    }
    let lost = with_headers("a").dynamic();
    let (catalog, _) = built(vec![named(lost.clone(), "")]);
    let lost = named(lost.failing("list-tools", McpError::Unavailable(None)), "");
    let (catalog, _) = crate::scripted::remade(&catalog, vec![lost]);
    let resolved = now(catalog.resolve(&ctx, ItemRef::Tool("draw"))).unwrap();
    assert_eq!(now(catalog.tool_facts(&ctx, &resolved)), Err(McpError::Unavailable(None)));
}

#[test]
fn facts_of_static_providers_need_no_call() {
    let (catalog, log) = built(vec![
        named(with_headers("a").prompts(&["ask"]), ""),
        named(with_headers("b").prompts(&["ask"]).resources(&["x://1"], &["x://{y}/z"]), "b."),
        named(Scripted::new("c").tools(&[&["deal"]]).resources(&["x://2"], &["z://{y}"]).dynamic(), ""),
    ]);
    let prompt = |name: &str| CompletionRef::Prompt(name.into());
    let template = |text: &str| CompletionRef::ResourceTemplate(text.into());
    let references = [prompt("b.ask"), template("x://{y}/z"), template("x://9/z"), CompletionRef::Unnamed("{}".into())];
    let cases = [
        (ItemRef::Tool("draw"), Some(("a", Some("draw")))),
        (ItemRef::Tool("b.roll"), Some(("b", Some("roll")))),
        (ItemRef::Tool("deal"), None),
        (ItemRef::Tool("b."), None),
        (ItemRef::Prompt("ask"), Some(("a", None))),
        (ItemRef::Prompt("b.ask"), Some(("b", None))),
        (ItemRef::Prompt("draw"), None),
        (ItemRef::Resource("x://1"), Some(("b", None))),
        // The last provider may list it now.
        (ItemRef::Resource("x://9/z"), None),
        (ItemRef::Resource("x://2"), None),
        (ItemRef::Template("x://{y}/z"), Some(("b", None))),
        (ItemRef::Template("z://{y}"), None),
        (ItemRef::Completion(&references[0]), Some(("b", None))),
        (ItemRef::Completion(&references[1]), Some(("b", None))),
        (ItemRef::Completion(&references[2]), None),
        (ItemRef::Completion(&references[3]), None),
    ];
    for (item, expected) in cases {
        let facts = catalog.facts(item);
        let seen =
            facts.as_ref().map(|facts| (&*facts.owner, facts.tool.as_ref().map(|facts| facts.tool.name.as_str())));
        assert_eq!(seen, expected, "{item:?}");
    }
    assert!(taken(&log).is_empty());
    // The facts are parsed once.
    let tool = || catalog.facts(ItemRef::Tool("draw")).unwrap().tool.unwrap();
    assert!(Arc::ptr_eq(&tool(), &tool()));
}

#[test]
fn the_owner_that_facts_name_before_or_after_the_search_is_the_one_that_is_called() {
    let a = || Scripted::new("a").tools(&[&["draw"]]).resources(&["x://1"], &["x://{+all}"]);
    let b = || Scripted::new("b").tools(&[&["roll"]]).resources(&["x://2"], &["x://2/{one}"]);
    let tools = || Scripted::new("c").tools(&[&["deal"]]).dynamic();
    // Whether the owner is known before the search, of a URI that a template of `a` matches, and who owns it.
    let cases = [
        (vec![a(), b()], "x://2/3", true, "a"),
        (vec![b(), a()], "x://2/3", true, "b"),
        (vec![a(), b(), tools()], "x://2/3", true, "a"),
        (vec![a(), b().dynamic()], "x://2", false, "b"),
        (vec![a(), b().dynamic()], "x://2/3", false, "a"),
        (vec![b().dynamic(), a()], "x://2/3", false, "b"),
        (vec![b().dynamic(), a()], "x://1", true, "a"),
        (vec![a().dynamic()], "x://2/3", true, "a"),
        (vec![a()], "y://", true, "a"),
    ];
    let ctx = context();
    for (providers, uri, known, owner) in cases {
        let names: Vec<_> = providers.iter().map(|provider| provider.name.clone()).collect();
        let (catalog, log) = built(providers.into_iter().map(|provider| named(provider, "")).collect());
        let reference = CompletionRef::ResourceTemplate(uri.into());
        for item in [ItemRef::Resource(uri), ItemRef::Template(uri), ItemRef::Completion(&reference)] {
            let before = catalog.facts(item);
            assert!(taken(&log).is_empty());
            if matches!(item, ItemRef::Completion(_)) && names.len() > 1 {
                assert_eq!(now(catalog.resolve(&ctx, item)).err(), Some(McpError::NotOffered));
                continue;
            }
            let resolved = now(catalog.resolve(&ctx, item)).unwrap();
            let after = catalog.found_facts(&resolved);
            assert_eq!(resolved.owner(), Some(owner), "{names:?} {item:?}");
            // A provider that changes may list the URI as a template.
            let known = known && !(matches!(item, ItemRef::Template("x://1")));
            assert_eq!((before.is_some(), after.is_some()), (known, !known), "{names:?} {item:?}");
            assert_eq!(before.or(after).as_ref().map(|facts| &*facts.owner), Some(owner), "{names:?} {item:?}");
            assert_eq!(taken(&log).is_empty(), known, "{names:?} {item:?}");
        }
    }
}

#[test]
fn the_facts_of_a_tool_that_was_found_on_a_list_are_known_then() {
    let (catalog, _) = built(vec![
        named(with_headers("a").dynamic(), "a."),
        named(Scripted::new("b").tools(&[&["deal"]]).prompts(&["ask"]).dynamic(), ""),
    ]);
    for (item, expected) in [
        (ItemRef::Tool("a.draw"), ("a", Some("draw"))),
        (ItemRef::Tool("deal"), ("b", Some("deal"))),
        (ItemRef::Prompt("ask"), ("b", None)),
    ] {
        assert!(catalog.facts(item).is_none(), "{item:?}");
        let resolved = now(catalog.resolve(&context(), item)).unwrap();
        let facts = catalog.found_facts(&resolved).unwrap();
        assert_eq!((&*facts.owner, facts.tool.as_ref().map(|facts| facts.tool.name.as_str())), expected, "{item:?}");
    }
    // The owner of everything is known where there is one provider, also where it is listed because of its prefix.
    let (alone, _) = built(vec![named(with_headers("a").dynamic(), "a.")]);
    assert_eq!(&*alone.facts(ItemRef::Tool("a.draw")).unwrap().owner, "a");
    let resolved = now(alone.resolve(&context(), ItemRef::Tool("a.draw"))).unwrap();
    assert!(alone.found_facts(&resolved).is_none());
}
