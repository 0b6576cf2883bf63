//! Tests of `build`: the calls that it makes, the catalogue, and the errors.

use catalog::BuildError;
use contract::Provider;
use contract::model::{ErrorDetail, McpError, Offers, Tool};

use crate::records::{context, tool};
use crate::scripted::{Scripted, built, named, now, taken, try_build};

#[test]
fn providers_that_conflict_are_refused_with_cause_and_remedy() {
    let a = || Scripted::new("a");
    let b = || Scripted::new("b");
    let schema = |schema: &str| {
        let mut tool = tool("draw");
        tool.input_schema = schema.into();
        a().offering(Offers::TOOLS).set(|it| it.tools = vec![vec![tool]])
    };
    let sick = |ail: fn(&mut Tool)| {
        let mut tool = tool("draw");
        ail(&mut tool);
        a().offering(Offers::TOOLS).set(|it| it.tools = vec![vec![tool]])
    };
    let long = "x".repeat(1025);
    let many = |count| vec!["x://1"; count];
    let large = || {
        let mut tool = tool("draw");
        tool.description = Some("\u{1}".repeat(10_000));
        a().set(|it| it.tools = vec![vec![tool; 40]; 2])
    };
    let many_tools = || vec![tool("draw"); 100];
    let cases = [
        (vec![], "no provider is given"),
        (
            vec![named(a(), ""), named(a(), "x.")],
            "two providers are called `a`: give one of them another name, as in `NAME=FILE`",
        ),
        (
            vec![named(Scripted::new("a:b"), "")],
            "a provider cannot be called `a:b`: write NAME=FILE, where NAME has letters, digits and single `-`, and is not `transport`, `auth` or `policy`",
        ),
        (
            vec![named(Scripted::new(""), "")],
            "a provider cannot be called ``: write NAME=FILE, where NAME has letters, digits and single `-`, and is not `transport`, `auth` or `policy`",
        ),
        (
            vec![named(sick(|tool| tool.output_schema = Some("[]".into())), "")],
            "provider `a` has the tool `draw`, which no client can be told of: `outputSchema` must be a JSON object",
        ),
        (
            vec![named(sick(|tool| tool.extra = Some("[]".into())), "p.")],
            "provider `a` has the tool `draw`, which no client can be told of: `extra` is not a JSON object: invalid type: \
             sequence, expected an object at line 1 column 0",
        ),
        (
            vec![named(a().resources(&["x://1"], &[]).set(|it| it.resources[0][0].size = Some(f64::NAN)), "")],
            "provider `a` has the resource `x://1`, which no client can be told of: `size` must be a finite number",
        ),
        (
            vec![named(a().tools(&[&["draw"]]).set(|it| it.extra = Some(r#"{"ttlMs":-1}"#.into())), "")],
            "provider `a` lists its tools with members that no client can be told: `ttlMs` must be a whole number of \
             milliseconds, 0 or more",
        ),
        (
            vec![named(a().set(|it| it.info.experimental = vec![("e".into(), "5".into())]), "")],
            "provider `a` describes itself as no client can be told: `capabilities.experimental.e` must be a JSON object",
        ),
        (
            vec![named(a().failing("describe", McpError::Internal("wasm trap: unreachable".into())), "")],
            "provider `a` cannot describe itself: wasm trap: unreachable",
        ),
        (
            vec![named(a().failing("describe", McpError::DeadlineExceeded), "")],
            "provider `a` cannot describe itself: it did not answer in time",
        ),
        (
            vec![named(a().tools(&[&[]]).failing("list-tools", McpError::Unavailable(None)), "")],
            "provider `a` cannot list its tools: it is unavailable",
        ),
        (
            vec![named(a().resources(&[], &[]).failing("list-templates", McpError::NotOffered), "")],
            "provider `a` cannot list its resource templates: it does not offer that",
        ),
        (
            vec![named(a().prompts(&[]).set(|it| it.endless = true), "")],
            "provider `a` lists its prompts on more than 1000 pages",
        ),
        (
            vec![named(a().tools(&[&["draw"], &["roll"], &["deal"]]).set(|it| it.circles = true).dynamic(), "")],
            "provider `a` lists its tools in a circle: it gives the same cursor twice",
        ),
        (vec![named(a().resources(&many(10_001), &[]), "")], "provider `a` lists more than 10000 resources"),
        (
            vec![named(a().tools(&[&["draw"]]).set(|it| (it.endless, it.tools) = (true, vec![many_tools()])), "")],
            "provider `a` lists more than 10000 tools",
        ),
        (
            vec![named(a().tools(&[&[""]]), "")],
            "provider `a` has a tool called ``: such a name is not empty, has no control character and at most 1024 bytes",
        ),
        (
            vec![named(a().tools(&[&["a\nb"]]), "")],
            "provider `a` has a tool called `a\nb`: such a name is not empty, has no control character and at most 1024 bytes",
        ),
        (
            vec![named(a().set(|it| it.info.extensions = vec![("x/y".into(), "{}".into()); 101]), "")],
            "provider `a` describes more than 100 entries of `extensions`",
        ),
        (
            vec![named(a().set(|it| it.info.experimental = vec![("x".into(), "{}".into()); 101]), "")],
            "provider `a` describes more than 100 entries of `experimental`",
        ),
        (
            // A control character is six bytes of JSON.
            vec![named(a().set(|it| it.info.instructions = Some("\u{1}".repeat(50_000))), "")],
            "provider `a` describes itself in more than 256 KiB",
        ),
        (vec![named(large().offering(Offers::TOOLS), "")], "provider `a` lists more than 4 MiB of tools"),
        (
            vec![named(schema(&format!(r#"{{"type":"object","title":"{}"}}"#, "x".repeat(256 * 1024))), "")],
            "a schema of the tool `draw` of provider `a` has more than 262144 bytes",
        ),
        (
            vec![named(
                schema(r#"{"type":"object","properties":{"size":{"type":"number","x-mcp-header":"Size"}}}"#),
                "",
            )],
            "the input schema of the tool `draw` of provider `a`: `size` has `x-mcp-header` and must therefore have the type \
             `string`, `integer` or `boolean`; clients would not use the tool",
        ),
        (
            vec![named(a().tools(&[&["b.roll"]]), ""), named(b().tools(&[&["draw"]]), "b.")],
            "provider `a` has the tool `b.roll`, and another provider has the prefix `b.`: give one of them another prefix, such \
             as `--prefix a=a.`",
        ),
        (vec![named(schema("{"), "")], "the input schema of the tool `draw` of provider `a` is not JSON"),
        (vec![named(schema("true"), "")], "the input schema of the tool `draw` of provider `a` is not a JSON object"),
        (vec![named(schema("{}"), "")], "the input schema of the tool `draw` of provider `a` is not of type `object`"),
        (
            vec![named(schema(r#"{"type":"array"}"#), "")],
            "the input schema of the tool `draw` of provider `a` is not of type `object`",
        ),
        (vec![named(a().tools(&[&["draw"], &["roll", "draw"]]), "")], "provider `a` lists the tool `draw` twice"),
        (vec![named(a().resources(&["x://1", "x://1"], &[]), "")], "provider `a` lists the resource `x://1` twice"),
        (
            vec![named(a().resources(&[], &["x://{y"]), "")],
            "the resource template `x://{y` of provider `a` is not one of RFC 6570: a `{` is not closed",
        ),
        (
            vec![named(a().resources(&[], &["x://y}"]).dynamic(), "")],
            "the resource template `x://y}` of provider `a` is not one of RFC 6570: a `}` closes nothing",
        ),
        (
            vec![named(a().tools(&[&["roll", "draw"]]), ""), named(b().tools(&[&["draw"]]), "")],
            "providers `a` and `b` both have the tool `draw`: give one of them a prefix of its own, such as `--prefix b=b.`",
        ),
        (
            vec![named(a().tools(&[&["x.draw"]]), ""), named(b().tools(&[&["draw"]]), "x.")],
            "providers `a` and `b` both have the tool `x.draw`: give one of them a prefix of its own, such as `--prefix b=b.`",
        ),
        (
            vec![named(a().prompts(&["ask"]), "x."), named(b().prompts(&["ask"]).dynamic(), "x.")],
            "providers `a` and `b` both have the prompt `x.ask`: give one of them a prefix of its own, such as `--prefix b=b.`",
        ),
        (
            vec![named(a().resources(&["x://1"], &[]), ""), named(b().resources(&["x://1"], &[]), "b.")],
            "providers `a` and `b` both have the resource `x://1`: no prefix changes a URI, so serve only one of them or \
             change what it lists",
        ),
        (
            vec![named(a().resources(&[], &["x://{y}"]), ""), named(b().resources(&[], &["x://{y}"]), "")],
            "providers `a` and `b` both have the resource template `x://{y}`: no prefix changes a URI, so serve only one of \
             them or change what it lists",
        ),
    ];
    for (providers, expected) in cases {
        let (result, _) = try_build(providers);
        assert_eq!(result.err().map(|error| error.to_string()).as_deref(), Some(expected));
    }
    let (result, _) = try_build(vec![named(a().tools(&[&[&long]]), "")]);
    assert!(matches!(result, Err(BuildError::ToolName { provider, name }) if provider == "a" && name == long));
}

#[test]
fn each_error_of_a_provider_is_explained() {
    let detail = ErrorDetail { message: "no".into(), data: None };
    let cases = [
        (McpError::InvalidCursor, "it refused its own cursor"),
        (McpError::InvalidParams(detail), "invalid parameters: no"),
        (McpError::InsufficientScope(vec!["r".into(), "w".into()]), "it requires the scopes `r w`"),
        (McpError::Forbidden("not you".into()), "forbidden: not you"),
    ];
    for (error, words) in cases {
        let provider = Scripted::new("a").tools(&[&[]]).failing("list-tools", error);
        let (result, _) = try_build(vec![named(provider, "")]);
        assert_eq!(
            result.err().map(|error| error.to_string()),
            Some(format!("provider `a` cannot list its tools: {words}"))
        );
    }
}

#[test]
fn the_first_error_in_the_configured_order_is_the_error() {
    let bad = |name: &str| Scripted::new(name).failing("describe", McpError::Internal(format!("{name} is bad")));
    let (result, _) = try_build(vec![named(Scripted::new("a"), ""), named(bad("b"), ""), named(bad("c"), "")]);
    assert_eq!(
        result.err().map(|error| error.to_string()).as_deref(),
        Some("provider `b` cannot describe itself: b is bad")
    );
}

#[test]
fn only_offered_lists_are_read_and_all_providers_are_asked_at_once() {
    let providers = vec![
        named(Scripted::new("a").tools(&[&["draw"], &["roll"], &["deal"]]), ""),
        named(Scripted::new("b").prompts(&["ask"]), ""),
        named(Scripted::new("c").resources(&["x://1"], &[]), ""),
    ];
    let (result, log) = try_build(providers);
    assert!(result.is_ok());
    let expected = [
        "a describe",
        "b describe",
        "c describe",
        "a list-tools",
        "b list-prompts",
        "c list-resources",
        "a list-tools at ``",
        "c list-templates",
        "a list-tools at `2`",
    ];
    assert_eq!(taken(&log), expected);
}

#[test]
fn a_list_for_principals_only_stops_the_start_only_of_a_static_catalogue() {
    let guarded = |error| Scripted::new("a").tools(&[&["draw"]]).failing("list-tools", error);
    for error in [McpError::Forbidden("who".into()), McpError::InsufficientScope(vec!["r".into()])] {
        assert!(try_build(vec![named(guarded(error.clone()).dynamic(), "")]).0.is_ok());
        assert!(try_build(vec![named(guarded(error), "")]).0.is_err());
    }
}

#[test]
fn a_prefix_lets_two_have_the_same_names() {
    let one = |name| Scripted::new(name).tools(&[&["draw"]]).prompts(&["ask"]);
    let (catalog, _) = built(vec![named(one("a"), ""), named(one("b"), "b."), named(one("c"), "c.")]);
    let page = now(catalog.list_tools(&context(), None)).unwrap();
    let names: Vec<_> = page.tools.iter().map(|tool| tool.name.as_str()).collect();
    assert_eq!(names, ["draw", "b.draw", "c.draw"]);
}

#[test]
fn static_catalogues_are_listed_and_described_without_a_call() {
    let of_everything = |name: &str, uri: &str| {
        let tools: &[&[&str]] = &[&["draw"], &["roll"]];
        Scripted::new(name).tools(tools).prompts(&["ask"]).resources(&[uri], &[&format!("{uri}/{{y}}")])
    };
    let (a, b) = (of_everything("a", "x://1"), of_everything("b", "x://2"));
    let ctx = context();
    for providers in [vec![named(a.clone(), "")], vec![named(a.clone(), "a.")], vec![named(a, ""), named(b, "b.")]] {
        let count = providers.len();
        let (catalog, log) = built(providers);
        assert_eq!(catalog.tool_count(), count * 2);
        assert!(now(catalog.describe(&ctx)).is_ok());
        let page = now(catalog.list_tools(&ctx, None)).unwrap();
        assert_eq!(page.tools.len(), 1);
        // The second page of the first member, then the first one of the second member.
        let page = now(catalog.list_tools(&ctx, page.next_cursor.as_deref())).unwrap();
        assert_eq!(page.tools.len(), count);
        assert!(now(catalog.list_tools(&ctx, Some("elsewhere"))).is_err());
        assert_eq!(now(catalog.list_prompts(&ctx, None)).unwrap().prompts.len(), count);
        assert_eq!(now(catalog.list_resources(&ctx, None)).unwrap().resources.len(), count);
        assert_eq!(now(catalog.list_templates(&ctx, None)).unwrap().templates.len(), count);
        assert!(taken(&log).is_empty());
    }
}

#[test]
fn a_catalogue_that_can_change_is_read_each_time() {
    let changing = Scripted::new("a").tools(&[&["draw"]]).dynamic();
    let fixed = Scripted::new("b").tools(&[&["roll"]]);
    for (providers, asked) in [
        (vec![named(changing.clone(), "")], vec!["a describe", "a list-tools"]),
        (vec![named(changing, ""), named(fixed, "")], vec!["a describe", "a list-tools"]),
    ] {
        let count = providers.len();
        let (catalog, log) = built(providers);
        assert_eq!(catalog.tool_count(), count);
        assert!(now(catalog.describe(&context())).is_ok());
        assert!(now(catalog.list_tools(&context(), None)).is_ok());
        assert_eq!(taken(&log), asked);
    }
}
