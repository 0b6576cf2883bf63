//! Tests of providers that cannot be asked when a catalogue is built, and of what an operator is warned of.

use catalog::{BuildError, BuildOptions, Catalog, ItemRef, NamedProvider, Warning};
use contract::model::{McpError, Offers};
use contract::{Events, Provider};

use crate::records::{call, context};
use crate::scripted::{Scripted, named, now, remade, taken, try_build};

/// Builds a catalogue where providers may be absent, and what is warned of.
fn with_absence(providers: Vec<NamedProvider<Scripted>>) -> Result<(Catalog<Scripted>, Vec<String>), BuildError> {
    let options = BuildOptions { absence_allowed: true, ..BuildOptions::default() };
    let (catalog, warnings) = now(Catalog::build_with(providers, &context(), &options))?;
    Ok((catalog, warnings.iter().map(Warning::to_string).collect()))
}

#[test]
fn a_provider_that_changes_and_cannot_be_listed_is_a_gap_until_it_answers() {
    let good = || named(Scripted::new("a").tools(&[&["draw"]]), "");
    for (function, error, reason) in [
        ("describe", McpError::Unavailable(None), "it is unavailable"),
        ("list-tools", McpError::Unavailable(None), "it could not list its tools: it is unavailable"),
        ("list-tools", McpError::Internal("trap".into()), "it could not list its tools: trap"),
        ("list-tools", McpError::DeadlineExceeded, "it could not list its tools: it did not answer in time"),
    ] {
        let ill = Scripted::new("b").tools(&[&["roll"]]).dynamic();
        let log = ill.log.clone();
        let (catalog, warnings) = with_absence(vec![good(), named(ill.failing(function, error), "")]).unwrap();
        let expected = "provider `b` is missing until it answers, and is asked again for every list: at the start, ";
        assert_eq!(warnings, [format!("{expected}{reason}")]);
        taken(&log);

        // Lists and calls of the neighbour go on. The one that is missing is asked for lists alone.
        let page = now(catalog.list_tools(&context(), None)).unwrap();
        assert_eq!(page.tools[0].name, "draw");
        assert!(!taken(&log).is_empty());
        let known = catalog.known_description().unwrap();
        assert!(known.offers.contains(Offers::TOOLS) && !known.catalogue_static, "{function}");
        let resolved = now(catalog.resolve(&context(), ItemRef::Tool("draw"))).unwrap();
        assert!(now(catalog.tool_facts(&context(), &resolved)).unwrap().is_some());
        assert!(now(catalog.call(&context(), &resolved, &call("draw"), &Events::NONE)).is_ok());
        assert_eq!(taken(&log), [] as [String; 0], "{function}");
    }
}

#[test]
fn only_a_catalogue_that_can_change_may_be_absent() {
    let unavailable = || McpError::Unavailable(None);
    let a = || Scripted::new("a").tools(&[&["draw"]]);
    for (provider, is_served) in [
        (a().failing("list-tools", unavailable()), false),
        (a().dynamic().failing("list-tools", unavailable()), true),
        (a().dynamic().failing("describe", unavailable()), true),
        (a().dynamic().failing("describe", McpError::DeadlineExceeded), false),
        (a().dynamic().set(|it| it.endless = true), false),
    ] {
        assert_eq!(with_absence(vec![named(provider.clone(), "")]).is_ok(), is_served);
        assert!(try_build(vec![named(provider, "")]).0.is_err(), "nor may it without permission");
    }
}

#[test]
fn a_provider_whose_lists_never_end_is_a_gap_when_the_timer_says_so() {
    let slow = || named(Scripted::new("a").tools(&[&["draw"]]).set(|it| it.endless = true).dynamic(), "");
    let options = BuildOptions {
        absence_allowed: true,
        timer: Some(|| Box::pin(std::future::ready(()))),
        ..BuildOptions::default()
    };
    let (_, warnings) = now(Catalog::build_with(vec![slow()], &context(), &options)).unwrap();
    assert!(warnings[0].to_string().ends_with("its lists did not end in time"), "{warnings:?}");
    let options = BuildOptions { absence_allowed: false, ..options };
    let error = now(Catalog::build_with(vec![slow()], &context(), &options)).err().unwrap();
    assert_eq!(error.to_string(), "provider `a` cannot list what it has: it did not answer in time");
}

#[test]
fn a_provider_that_is_asked_later_is_not_asked_at_the_start() {
    let ill = Scripted::new("b").tools(&[&["roll"]]).failing("describe", McpError::Internal("trap".into()));
    let log = ill.log.clone();
    let options = BuildOptions { ask_later: vec!["b".into()], ..BuildOptions::default() };
    let providers = vec![named(Scripted::new("a").tools(&[&["draw"]]), ""), named(ill, "b.")];
    let (catalog, warnings) = now(Catalog::build_with(providers, &context(), &options)).unwrap();
    assert!(warnings.is_empty() && taken(&log).is_empty());
    // Another process makes the same catalogue of the snapshot, and asks then.
    let b = Scripted::new("b").tools(&[&["roll"]]).dynamic();
    let (again, log) = remade(&catalog, vec![named(Scripted::new("a").tools(&[&["draw"]]), ""), named(b, "b.")]);
    let again = again.with_partial_results();
    assert!(now(again.call_tool(&context(), &call("draw"), &Events::NONE)).is_ok());
    assert_eq!(taken(&log), ["a call-tool draw {}"]);
    assert!(now(again.call_tool(&context(), &call("b.roll"), &Events::NONE)).is_ok());
    assert_eq!(taken(&log), ["b list-tools", "b call-tool roll {}"]);
    assert_eq!(now(again.list_tools(&context(), None)).unwrap().tools.len(), 2);
    assert!(!now(again.describe(&context())).unwrap().catalogue_static);
}

#[test]
fn names_that_are_only_advised_against_are_a_warning() {
    let long = "x".repeat(129);
    for (name, prefix) in [("draw a card", ""), ("draw", "x/"), ("größe", ""), (&long, "")] {
        let (catalog, warnings) = with_absence(vec![named(Scripted::new("a").tools(&[&[name]]), prefix)]).unwrap();
        assert_eq!((catalog.tool_count(), warnings.len()), (1, 1), "{name}");
        assert!(warnings[0].contains(&format!("`{prefix}{name}`")), "{warnings:?}");
    }
}

#[test]
fn an_item_that_no_client_can_be_told_of_is_a_warning_where_it_can_be_mended() {
    let mut sick = crate::records::tool("draw");
    sick.output_schema = Some("[]".into());
    let provider = || Scripted::new("a").offering(Offers::TOOLS).set(|it| it.tools = vec![vec![sick.clone(); 1]]);
    let (_, warnings) = with_absence(vec![named(provider().dynamic(), "")]).unwrap();
    let fault =
        "provider `a` has the tool `draw`, which no client can be told of: `outputSchema` must be a JSON object";
    assert!(warnings.len() == 1 && warnings[0].starts_with(&format!("{fault}; until that is mended")), "{warnings:?}");
    assert_eq!(with_absence(vec![named(provider(), "")]).err().unwrap().to_string(), fault);
}
