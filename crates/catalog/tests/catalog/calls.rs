//! Calls, each to the owner of its name.

use catalog::Catalog;
use contract::model::{CompletionRef, CompletionRequest, McpError, Offers, PromptGet, PromptOutcome, ToolOutcome};
use contract::{Events, Provider};

use crate::records::{call, context};
use crate::scripted::{Scripted, built, named, now, taken};

fn get(name: &str) -> PromptGet {
    PromptGet { name: name.into(), arguments: vec![], resumed: None, extra: None }
}

#[test]
fn a_call_goes_to_the_owner_alone_under_the_owners_name() {
    let (catalog, log) = built(vec![
        named(Scripted::new("a").tools(&[&["draw", "bx"]]), ""),
        named(Scripted::new("b").tools(&[&["draw", "roll"]]), "b."),
        named(Scripted::new("c").prompts(&["draw"]), ""),
    ]);
    let unknown = |name: &str| Err(McpError::UnknownName(name.into()));
    let cases = [
        ("draw", Ok("a"), vec!["a call-tool draw {}"]),
        ("b.draw", Ok("b"), vec!["b call-tool draw {}"]),
        ("b.roll", Ok("b"), vec!["b call-tool roll {}"]),
        ("bx", Ok("a"), vec!["a call-tool bx {}"]),
        ("roll", unknown("roll"), vec![]),
        ("b.b.draw", unknown("b.b.draw"), vec![]),
        ("", unknown(""), vec![]),
        ("Draw", unknown("Draw"), vec![]),
    ];
    for (name, expected, asked) in cases {
        let leg = now(catalog.call_tool(&context(), &call(name), &Events::NONE));
        assert_eq!(leg.map(|leg| leg.outcome), expected.map(|owner| ToolOutcome::Unnamed(owner.into())), "{name}");
        assert_eq!(taken(&log), asked, "{name}");
    }
}

#[test]
fn a_prompt_goes_to_the_owner_alone_under_the_owners_name() {
    let (catalog, log) =
        built(vec![named(Scripted::new("a").prompts(&["ask"]), ""), named(Scripted::new("b").prompts(&["ask"]), "b.")]);
    let leg = now(catalog.get_prompt(&context(), &get("b.ask"), &Events::NONE)).unwrap();
    assert_eq!(leg.outcome, PromptOutcome::Unnamed("b".into()));
    assert_eq!(taken(&log), ["b get-prompt ask"]);
    let error = now(catalog.get_prompt(&context(), &get("b.tell"), &Events::NONE)).err();
    assert_eq!(error, Some(McpError::UnknownName("b.tell".into())));
    assert!(taken(&log).is_empty());
}

#[test]
fn providers_that_change_are_listed_and_never_called_for_the_items_of_others() {
    let fixed = || Scripted::new("fixed").tools(&[&["draw"]]);
    let early = || Scripted::new("early").tools(&[&["roll"], &["deal"]]).dynamic();
    let late = || Scripted::new("late").tools(&[&["ask"]]).dynamic();
    let (catalog, log) = built(vec![named(early(), ""), named(fixed(), ""), named(late(), "l.")]);
    let cases: [(&str, Result<&str, McpError>, &[&str]); 5] = [
        ("draw", Ok("fixed"), &["fixed call-tool draw {}"]),
        ("deal", Ok("early"), &["early list-tools", "early list-tools at ``", "early call-tool deal {}"]),
        // By its prefix it is the last one's.
        ("l.ask", Ok("late"), &["late list-tools", "late call-tool ask {}"]),
        // Without its prefix it cannot be a tool of the last provider.
        ("ask", Err(McpError::UnknownName("ask".into())), &["early list-tools", "early list-tools at ``"]),
        ("l.draw", Err(McpError::UnknownName("l.draw".into())), &["late list-tools"]),
    ];
    for (name, expected, asked) in cases {
        let leg = now(catalog.call_tool(&context(), &call(name), &Events::NONE));
        assert_eq!(leg.map(|leg| leg.outcome), expected.map(|owner| ToolOutcome::Unnamed(owner.into())), "{name}");
        assert_eq!(taken(&log), asked, "{name}");
    }
}

#[test]
fn a_provider_that_cannot_be_listed_stops_only_the_calls_that_could_be_its_own() {
    let providers = |fails: &[usize]| {
        let mut providers = vec![
            named(Scripted::new("a").tools(&[&["roll"]]).dynamic(), ""),
            named(Scripted::new("b").tools(&[&["deal"]]).dynamic(), ""),
            named(Scripted::new("c").tools(&[&["draw"]]), ""),
        ];
        for place in fails {
            providers[*place].provider.fails = Some(("list-tools", McpError::Unavailable(None)));
        }
        providers
    };
    let (whole, _) = built(providers(&[]));
    let lost = Err(McpError::Unavailable(None));
    let cases = [
        (0, "draw", Ok("c")),
        (0, "deal", Ok("b")),
        (0, "roll", lost.clone()),
        (0, "none", lost.clone()),
        (1, "roll", Ok("a")),
        (1, "none", lost),
    ];
    for (fails, name, expected) in cases {
        let catalog = Catalog::from_snapshot(providers(&[fails]), whole.snapshot().unwrap().clone()).unwrap();
        let leg = now(catalog.call_tool(&context(), &call(name), &Events::NONE));
        assert_eq!(leg.map(|leg| leg.outcome), expected.map(|owner| ToolOutcome::Unnamed(owner.into())), "{name}");
    }
}

#[test]
fn an_error_repeats_the_name_that_the_client_called() {
    let renaming = McpError::UnknownName("draw".into());
    let a = Scripted::new("a").tools(&[&["draw"]]).prompts(&["draw"]).offering(Offers::COMPLETION);
    let a = a.failing("call-tool", renaming.clone());
    let (catalog, _) = built(vec![named(a.clone(), "a.")]);
    let ctx = context();
    let expected = Some(McpError::UnknownName("a.draw".into()));
    assert_eq!(now(catalog.call_tool(&ctx, &call("a.draw"), &Events::NONE)).err(), expected);

    let (catalog, _) = built(vec![named(a.clone().failing("get-prompt", renaming.clone()), "a.")]);
    assert_eq!(now(catalog.get_prompt(&ctx, &get("a.draw"), &Events::NONE)).err(), expected);

    let (catalog, _) = built(vec![named(a.clone().failing("complete", renaming), "a.")]);
    assert_eq!(now(catalog.complete(&ctx, &completion(CompletionRef::Prompt("a.draw".into())))).err(), expected);

    let other = McpError::Forbidden("draw".into());
    let (catalog, _) = built(vec![named(a.failing("call-tool", other.clone()), "a.")]);
    assert_eq!(now(catalog.call_tool(&ctx, &call("a.draw"), &Events::NONE)).err(), Some(other));
}

#[test]
fn one_provider_without_a_prefix_is_passed_through() {
    let (catalog, log) = built(vec![named(Scripted::new("a").tools(&[&["draw"]]).dynamic(), "")]);
    let error = now(catalog.call_tool(&context(), &call("roll"), &Events::NONE)).err();
    assert_eq!(error, Some(McpError::UnknownName("roll".into())));
    assert_eq!(taken(&log), ["a call-tool roll {}"]);
}

fn completion(of: CompletionRef) -> CompletionRequest {
    CompletionRequest { ref_: of, argument: "x".into(), value: "y".into(), arguments: vec![], extra: None }
}

#[test]
fn a_completion_goes_to_the_owner_of_the_prompt_or_the_template() {
    let completing = |name| Scripted::new(name).offering(Offers::COMPLETION);
    let (catalog, log) = built(vec![
        named(completing("a").prompts(&["ask"]).resources(&["x://1"], &["x://{y}/z"]), ""),
        named(completing("b").prompts(&["ask"]).resources(&[], &["z://{y}"]).dynamic(), "b."),
        named(Scripted::new("c").prompts(&["tell"]), ""),
    ]);
    let prompt = |name: &str| CompletionRef::Prompt(name.into());
    let template = |text: &str| CompletionRef::ResourceTemplate(text.into());
    let cases = [
        (prompt("ask"), Ok(vec!["a"]), Some("a complete ask")),
        (prompt("b.ask"), Ok(vec!["b"]), Some("b complete ask")),
        (prompt("tell"), Ok(vec![]), None),
        (prompt("none"), Err(McpError::UnknownName("none".into())), None),
        (template("x://{y}/z"), Ok(vec!["a"]), Some("a complete x://{y}/z")),
        (template("z://{y}"), Ok(vec!["b"]), Some("b complete z://{y}")),
        (template("x://1"), Ok(vec!["a"]), Some("a complete x://1")),
        (template("x://2/z"), Ok(vec!["a"]), Some("a complete x://2/z")),
        (template("w://{y}"), Err(McpError::ResourceNotFound("w://{y}".into())), None),
    ];
    for (of, expected, asked) in cases {
        let values = now(catalog.complete(&context(), &completion(of.clone()))).map(|answer| answer.values);
        assert_eq!(values, expected.map(|values| values.into_iter().map(str::to_owned).collect()), "{of:?}");
        let completed: Vec<_> = taken(&log).into_iter().filter(|line| line.contains("complete")).collect();
        assert_eq!(completed, asked.into_iter().collect::<Vec<_>>(), "{of:?}");
    }
    let unnamed = now(catalog.complete(&context(), &completion(CompletionRef::Unnamed("{}".into()))));
    assert!(matches!(unnamed, Err(McpError::InvalidParams(_))));
}

#[test]
fn a_reference_of_another_kind_goes_to_the_only_one_that_completes() {
    let one = Scripted::new("a").offering(Offers::COMPLETION);
    let (catalog, log) = built(vec![named(Scripted::new("b"), ""), named(one, "")]);
    assert!(now(catalog.complete(&context(), &completion(CompletionRef::Unnamed("{}".into())))).is_ok());
    assert_eq!(taken(&log), ["a complete {}"]);

    let (catalog, _) = built(vec![named(Scripted::new("b").prompts(&["ask"]), ""), named(Scripted::new("c"), "")]);
    let error = now(catalog.complete(&context(), &completion(CompletionRef::Prompt("ask".into())))).err();
    assert_eq!(error, Some(McpError::NotOffered));
}
