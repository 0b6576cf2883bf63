//! Tests of the lists that are read to find an owner: their limits, and cursors that a provider does not take back.

use catalog::{Catalog, ItemRef};
use contract::model::McpError;
use contract::{Events, Provider};

use crate::records::{call, context, tool};
use crate::scripted::{Scripted, built, named, now, remade, taken};

fn internal(text: &str) -> McpError {
    McpError::Internal(text.to_owned())
}

#[test]
fn a_list_without_an_end_is_an_error_of_the_call() {
    let a = || Scripted::new("a").tools(&[&["draw"], &["deal"], &["fold"]]).dynamic();
    let (catalog, _) = built(vec![named(a(), "a.")]);
    let large = || {
        let mut tool = tool("draw");
        tool.description = Some("x".repeat(5 << 20));
        tool
    };
    let many = || vec![vec![tool("draw"); 6_000], vec![tool("draw"); 6_000]];
    let cases = [
        (a().set(|it| it.endless = true), "lists its tools on more than 1000 pages"),
        (a().set(|it| it.circles = true), "lists its tools in a circle: it gives the same cursor twice"),
        (a().set(|it| it.tools = many()), "lists more than 10000 tools"),
        (a().set(|it| it.tools = vec![vec![large()]]), "lists more than 4 MiB of tools"),
    ];
    for (provider, fault) in cases {
        let (renamed, _) = remade(&catalog, vec![named(provider.clone(), "a.")]);
        let error = now(renamed.call_tool(&context(), &call("a.roll"), &Events::NONE)).err();
        assert_eq!(error, Some(internal(&format!("provider `a` {fault}"))));

        let alone = Catalog::pass_through(provider, None);
        let resolved = now(alone.resolve(&context(), ItemRef::Tool("roll"))).unwrap();
        let error = now(alone.tool_facts(&context(), &resolved)).err();
        assert_eq!(error, Some(internal(&format!("provider {fault}"))), "of a provider without a name");
    }
}

#[test]
fn a_provider_that_refuses_its_own_cursor_is_listed_once_more() {
    let cases: [(usize, Result<(), McpError>, &[&str]); 3] = [
        (0, Ok(()), &["a list-tools", "a list-tools at ``", "a call-tool roll {}"]),
        (
            1,
            Ok(()),
            &["a list-tools", "a list-tools at ``", "a list-tools", "a list-tools at ``", "a call-tool roll {}"],
        ),
        (
            2,
            Err(internal("provider `a` refused a cursor of its own")),
            &["a list-tools", "a list-tools at ``", "a list-tools", "a list-tools at ``"],
        ),
    ];
    for (refuses, expected, asked) in cases {
        let provider = Scripted::new("a").tools(&[&["draw"], &["roll"]]).dynamic();
        let refused = provider.refuses.clone();
        let (catalog, log) = built(vec![named(provider, "a.")]);
        refused.store(refuses, std::sync::atomic::Ordering::Relaxed);
        let answer = now(catalog.call_tool(&context(), &call("a.roll"), &Events::NONE));
        assert_eq!(answer.map(drop), expected, "{refuses}");
        assert_eq!(taken(&log), asked, "{refuses}");
    }
}

#[test]
fn a_call_passes_a_provider_that_cannot_be_listed_if_exactly_one_other_has_the_item() {
    let one = |name: &str, tools: &[&str]| Scripted::new(name).tools(&[tools]).dynamic();
    let lost = || one("a", &[]).failing("list-tools", McpError::DeadlineExceeded);
    let error = || Err(McpError::DeadlineExceeded);
    let cases = [
        ("one has it", one("b", &["deal"]), one("c", &[]), true, Ok("b")),
        ("one has it, another is lost too", lost(), one("c", &["deal"]), true, Ok("c")),
        ("two have it", one("b", &["deal"]), one("c", &["deal"]), true, error()),
        ("none has it", one("b", &[]), one("c", &[]), true, error()),
        ("lists do not go on either", one("b", &["deal"]), one("c", &[]), false, error()),
    ];
    for (case, second, third, partial, expected) in cases {
        let (catalog, _) = built(["a", "b", "c"].map(|name| named(one(name, &[]), "")).into());
        let renamed = |name: &str, provider: Scripted| named(provider.set(|it| it.name = name.into()), "");
        let providers = vec![renamed("a", lost()), renamed("b", second), renamed("c", third)];
        let (catalog, log) = remade(&catalog, providers);
        let catalog = if partial { catalog.with_partial_results() } else { catalog };
        let owner = now(catalog.resolve(&context(), ItemRef::Tool("deal"))).map(|it| it.owner().unwrap().to_owned());
        assert_eq!(owner, expected.map(str::to_owned), "{case}");
        assert_eq!(taken(&log).len(), 3, "{case}");
    }
}

#[test]
fn a_template_of_a_provider_is_read_while_another_cannot_be_listed() {
    let b = |is_static: bool| {
        let provider = Scripted::new("b").resources(&[], &["x://{one}"]);
        if is_static { provider } else { provider.dynamic() }
    };
    for is_static in [true, false] {
        let a = || Scripted::new("a").resources(&[], &[]).dynamic();
        let (catalog, _) = built(vec![named(a(), ""), named(b(is_static), "")]);
        for function in ["list-resources", "list-templates"] {
            let lost = a().failing(function, McpError::DeadlineExceeded);
            let (catalog, _) = remade(&catalog, vec![named(lost, ""), named(b(is_static), "")]);
            let owner = |catalog: &Catalog<Scripted>, uri| {
                now(catalog.resolve(&context(), ItemRef::Resource(uri))).map(|it| it.owner().unwrap().to_owned())
            };
            assert_eq!(owner(&catalog, "x://1"), Err(McpError::DeadlineExceeded), "without permission: {function}");
            let catalog = catalog.with_partial_results();
            assert_eq!(owner(&catalog, "x://1"), Ok("b".into()), "{function}");
            assert_eq!(owner(&catalog, "y://1"), Err(McpError::DeadlineExceeded), "it might have it: {function}");
        }
    }
}

#[test]
fn a_resource_that_a_provider_listed_at_the_start_is_never_read_from_another_with_a_template_of_it() {
    let a = || Scripted::new("a").resources(&["x://1"], &[]).dynamic();
    let b = |is_static: bool| {
        let provider = Scripted::new("b").resources(&[], &["x://{one}"]);
        if is_static { provider } else { provider.dynamic() }
    };
    for is_static in [true, false] {
        let (catalog, _) = built(vec![named(a(), ""), named(b(is_static), "")]);
        let lost = a().failing("list-resources", McpError::DeadlineExceeded);
        let (catalog, _) = remade(&catalog, vec![named(lost, ""), named(b(is_static), "")]);
        let catalog = catalog.with_partial_results();
        let resolved =
            |uri| now(catalog.resolve(&context(), ItemRef::Resource(uri))).map(|it| it.owner().unwrap().to_owned());
        assert_eq!(resolved("x://1"), Err(McpError::DeadlineExceeded), "{is_static}");
        assert_eq!(resolved("x://2"), Ok("b".into()), "{is_static}");
    }
}
