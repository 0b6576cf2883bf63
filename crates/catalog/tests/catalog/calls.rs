use catalog::Catalog;
use contract::model::{CompletionRef, CompletionRequest, McpError, Offers, PromptGet, PromptOutcome, ToolOutcome};
use contract::{Events, Provider};

use crate::records::{call, context};
use crate::scripted::{Scripted, gathered, member, now, taken};

fn get(name: &str) -> PromptGet {
    PromptGet { name: name.into(), arguments: vec![], resumed: None, extra: None }
}

#[test]
fn a_call_goes_to_the_owner_alone_under_the_owners_name() {
    let (catalog, log) = gathered(vec![
        member(Scripted::new("a").tools(&[&["draw", "b.x"]]), ""),
        member(Scripted::new("b").tools(&[&["draw", "roll"]]), "b."),
        member(Scripted::new("c").prompts(&["draw"]), ""),
    ]);
    let unknown = |name: &str| Err(McpError::UnknownName(name.into()));
    let cases = [
        ("draw", Ok("a"), vec!["a call-tool draw {}"]),
        ("b.draw", Ok("b"), vec!["b call-tool draw {}"]),
        ("b.roll", Ok("b"), vec!["b call-tool roll {}"]),
        ("b.x", Ok("a"), vec!["a call-tool b.x {}"]),
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
    let (catalog, log) = gathered(vec![
        member(Scripted::new("a").prompts(&["ask"]), ""),
        member(Scripted::new("b").prompts(&["ask"]), "b."),
    ]);
    let leg = now(catalog.get_prompt(&context(), &get("b.ask"), &Events::NONE)).unwrap();
    assert_eq!(leg.outcome, PromptOutcome::Unnamed("b".into()));
    assert_eq!(taken(&log), ["b get-prompt ask"]);
    let error = now(catalog.get_prompt(&context(), &get("b.tell"), &Events::NONE)).err();
    assert_eq!(error, Some(McpError::UnknownName("b.tell".into())));
    assert!(taken(&log).is_empty());
}

#[test]
fn those_that_change_are_asked_for_their_lists_and_never_for_what_is_not_theirs() {
    let fixed = || Scripted::new("fixed").tools(&[&["draw"]]);
    let early = || Scripted::new("early").tools(&[&["roll"], &["deal"]]).dynamic();
    let late = || Scripted::new("late").tools(&[&["ask"]]).dynamic();
    let (catalog, log) = gathered(vec![member(early(), ""), member(fixed(), ""), member(late(), "l.")]);
    let cases: [(&str, Result<&str, McpError>, &[&str]); 5] = [
        ("draw", Ok("fixed"), &["fixed call-tool draw {}"]),
        ("deal", Ok("early"), &["early list-tools", "early list-tools at ``", "early call-tool deal {}"]),
        // Both could have it; both are asked at once.
        (
            "l.ask",
            Ok("late"),
            &["early list-tools", "late list-tools", "early list-tools at ``", "late call-tool ask {}"],
        ),
        // Without its prefix it cannot be of the last.
        ("ask", Err(McpError::UnknownName("ask".into())), &["early list-tools", "early list-tools at ``"]),
        (
            "l.draw",
            Err(McpError::UnknownName("l.draw".into())),
            &["early list-tools", "late list-tools", "early list-tools at ``"],
        ),
    ];
    for (name, expected, asked) in cases {
        let leg = now(catalog.call_tool(&context(), &call(name), &Events::NONE));
        assert_eq!(leg.map(|leg| leg.outcome), expected.map(|owner| ToolOutcome::Unnamed(owner.into())), "{name}");
        assert_eq!(taken(&log), asked, "{name}");
    }
}

#[test]
fn a_member_that_cannot_be_asked_stops_only_the_calls_that_could_be_its() {
    let members = |fails: &[usize]| {
        let mut members = vec![
            member(Scripted::new("a").tools(&[&["roll"]]).dynamic(), ""),
            member(Scripted::new("b").tools(&[&["deal"]]).dynamic(), ""),
            member(Scripted::new("c").tools(&[&["draw"]]), ""),
        ];
        for place in fails {
            members[*place].provider.fails = Some(("list-tools", McpError::Unavailable(None)));
        }
        members
    };
    let (whole, _) = gathered(members(&[]));
    let lost = Err(McpError::Unavailable(None));
    let cases = [
        (0, "draw", Ok("c")),
        (0, "deal", lost.clone()),
        (0, "roll", lost.clone()),
        (1, "roll", Ok("a")),
        (1, "none", lost),
    ];
    for (fails, name, expected) in cases {
        let catalog = Catalog::with_routes(members(&[fails]), whole.routes()).unwrap();
        let leg = now(catalog.call_tool(&context(), &call(name), &Events::NONE));
        assert_eq!(leg.map(|leg| leg.outcome), expected.map(|owner| ToolOutcome::Unnamed(owner.into())), "{name}");
    }
}

#[test]
fn a_list_without_end_is_given_up() {
    let (catalog, _) = gathered(vec![member(Scripted::new("a").tools(&[&["draw"]]).dynamic(), "a.")]);
    let endless = Scripted::new("a").tools(&[&["draw"]]).set(|it| it.endless = true);
    let catalog = Catalog::with_routes(vec![member(endless, "a.")], catalog.routes()).unwrap();
    let error = McpError::Internal("provider `a` lists its tools on more than 1000 pages".into());
    assert_eq!(now(catalog.call_tool(&context(), &call("a.roll"), &Events::NONE)).err(), Some(error));
}

#[test]
fn an_error_that_names_what_was_called_names_it_as_the_client_does() {
    let renaming = McpError::UnknownName("draw".into());
    let a = Scripted::new("a").tools(&[&["draw"]]).prompts(&["draw"]).offering(Offers::COMPLETION);
    let a = a.failing("call-tool", renaming.clone());
    let (catalog, _) = gathered(vec![member(a.clone(), "a.")]);
    let ctx = context();
    let expected = Some(McpError::UnknownName("a.draw".into()));
    assert_eq!(now(catalog.call_tool(&ctx, &call("a.draw"), &Events::NONE)).err(), expected);

    let (catalog, _) = gathered(vec![member(a.clone().failing("get-prompt", renaming.clone()), "a.")]);
    assert_eq!(now(catalog.get_prompt(&ctx, &get("a.draw"), &Events::NONE)).err(), expected);

    let (catalog, _) = gathered(vec![member(a.clone().failing("complete", renaming), "a.")]);
    assert_eq!(now(catalog.complete(&ctx, &completion(CompletionRef::Prompt("a.draw".into())))).err(), expected);

    let other = McpError::Forbidden("draw".into());
    let (catalog, _) = gathered(vec![member(a.failing("call-tool", other.clone()), "a.")]);
    assert_eq!(now(catalog.call_tool(&ctx, &call("a.draw"), &Events::NONE)).err(), Some(other));
}

#[test]
fn one_provider_without_a_prefix_is_passed_through() {
    let (catalog, log) = gathered(vec![member(Scripted::new("a").tools(&[&["draw"]]).dynamic(), "")]);
    let error = now(catalog.call_tool(&context(), &call("roll"), &Events::NONE)).err();
    assert_eq!(error, Some(McpError::UnknownName("roll".into())));
    assert_eq!(taken(&log), ["a call-tool roll {}"]);
}

fn completion(of: CompletionRef) -> CompletionRequest {
    CompletionRequest { ref_: of, argument: "x".into(), value: "y".into(), arguments: vec![], extra: None }
}

#[test]
fn a_completion_is_asked_of_whoever_has_the_prompt_or_the_template() {
    let completing = |name| Scripted::new(name).offering(Offers::COMPLETION);
    let (catalog, log) = gathered(vec![
        member(completing("a").prompts(&["ask"]).resources(&["x://1"], &["x://{y}/z"]), ""),
        member(completing("b").prompts(&["ask"]).resources(&[], &["z://{y}"]).dynamic(), "b."),
        member(Scripted::new("c").prompts(&["tell"]), ""),
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
    let (catalog, log) = gathered(vec![member(Scripted::new("b"), ""), member(one, "")]);
    assert!(now(catalog.complete(&context(), &completion(CompletionRef::Unnamed("{}".into())))).is_ok());
    assert_eq!(taken(&log), ["a complete {}"]);

    let (catalog, _) = gathered(vec![member(Scripted::new("b").prompts(&["ask"]), ""), member(Scripted::new("c"), "")]);
    let error = now(catalog.complete(&context(), &completion(CompletionRef::Prompt("ask".into())))).err();
    assert_eq!(error, Some(McpError::NotOffered));
}
