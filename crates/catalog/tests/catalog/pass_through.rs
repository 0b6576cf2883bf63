//! Tests of one import with several providers behind it.

use catalog::{Catalog, ItemRef};
use contract::model::{McpError, ToolOutcome};
use contract::{Events, Provider};

use crate::records::{call, context};
use crate::scripted::{Log, Scripted, built, named, now, taken};

fn providers(b: Scripted) -> Vec<catalog::NamedProvider<Scripted>> {
    let b = b.tools(&[&["draw"]]).set(|it| it.info.instructions = Some("I am b.".into()));
    vec![named(Scripted::new("a").tools(&[&["draw"], &["roll"]]).prompts(&["ask"]), ""), named(b, "b.")]
}

/// The provider behind the import: it has the tools of all providers under the names that clients use.
fn import() -> (Scripted, Log) {
    let log = Log::default();
    (Scripted::new("import").tools(&[&["draw", "b.draw", "late"]]).set(|it| it.log = log.clone()), log)
}

#[test]
fn with_a_snapshot_of_static_providers_only_calls_reach_the_import() {
    let (several, _) = built(providers(Scripted::new("b")));
    let (import, log) = import();
    let catalog = Catalog::pass_through(import, several.snapshot().cloned());
    let ctx = context();
    assert_eq!(now(catalog.description(&ctx)), now(several.description(&ctx)));
    assert_eq!(catalog.known_description(), several.known_description());
    let mut cursor = None;
    for _page in 0..2 {
        let page = now(several.tools(&ctx, cursor.as_deref())).unwrap();
        assert_eq!(now(catalog.tools(&ctx, cursor.as_deref())).unwrap(), page);
        cursor = page.next_cursor;
    }
    assert_eq!(now(catalog.prompts(&ctx, None)), now(several.prompts(&ctx, None)));
    assert_eq!(now(catalog.resources(&ctx, None)).err(), Some(McpError::NotOffered));
    assert_eq!(catalog.tool_count(), 3);
    assert!(taken(&log).is_empty());

    let resolved = now(catalog.resolve(&ctx, ItemRef::Tool("b.draw"))).unwrap();
    assert_eq!(resolved.owner(), Some("b"));
    assert_eq!(now(catalog.tool_facts(&ctx, &resolved)).unwrap().unwrap().tool.name, "draw");
    let leg = now(catalog.call(&ctx, &resolved, &call("b.draw"), &Events::NONE)).unwrap();
    assert_eq!(leg.outcome, ToolOutcome::Unnamed("import".into()));
    assert_eq!(taken(&log), ["import call-tool b.draw {}"]);
}

#[test]
fn with_hints_facts_come_from_the_snapshot_and_the_rest_from_the_provider() {
    let (several, _) = built(providers(Scripted::new("b")));
    let (import, log) = import();
    let catalog = Catalog::pass_through(import, several.snapshot().cloned().map(|snapshot| snapshot.into_hints()));
    let ctx = context();
    let known = catalog.known_description().unwrap();
    assert_eq!((known.implementation.name.as_str(), known.catalogue_static), ("the a+the b", false));
    let facts = |name: &str| {
        let resolved = now(catalog.resolve(&ctx, ItemRef::Tool(name))).unwrap();
        (resolved.owner().map(str::to_owned), now(catalog.tool_facts(&ctx, &resolved)).unwrap().is_some())
    };
    assert_eq!(facts("b.draw"), (Some("b".to_owned()), true));
    assert!(taken(&log).is_empty());
    assert_eq!(facts("late"), (None, true));
    assert_eq!(taken(&log), ["import list-tools"]);
    assert_eq!(now(catalog.describe(&ctx)).unwrap().implementation.name, "the import");
    let page = now(catalog.tools(&ctx, None)).unwrap();
    let owners: Vec<_> = page.items.iter().map(|owned| owned.owner.as_deref()).collect();
    assert_eq!(owners, [Some("a"), Some("b"), None]);
    assert_eq!(taken(&log), ["import describe", "import list-tools"]);
}

#[test]
fn lists_are_read_if_one_provider_behind_the_import_can_change() {
    let (several, _) = built(providers(Scripted::new("b").dynamic()));
    let (import, log) = import();
    let catalog = Catalog::pass_through(import, several.snapshot().cloned());
    let ctx = context();
    assert!(!catalog.known_description().unwrap().catalogue_static);
    assert_eq!(now(catalog.tools(&ctx, None)).unwrap().items.len(), 3);
    assert!(now(catalog.description(&ctx)).is_ok());
    assert_eq!(taken(&log), ["import list-tools", "import describe"]);
}

#[test]
fn without_a_snapshot_there_are_no_facts_and_the_owner_has_no_name() {
    let (import, log) = import();
    let catalog = Catalog::pass_through(import, None);
    let ctx = context();
    assert!(catalog.known_description().is_none() && catalog.snapshot().is_none());
    assert!(catalog.facts(ItemRef::Tool("draw")).is_none());
    let resolved = now(catalog.resolve(&ctx, ItemRef::Tool("draw"))).unwrap();
    assert_eq!(resolved.owner(), None);
    assert!(taken(&log).is_empty());
    assert!(now(catalog.tool_facts(&ctx, &resolved)).unwrap().is_some());
    assert_eq!(
        now(catalog.call_tool(&ctx, &call("none"), &Events::NONE)).err(),
        Some(McpError::UnknownName("none".into()))
    );
}
