//! Changes of several providers as one list.

use contract::Provider;
use contract::model::{Change, McpError, Offers};

use crate::records::context;
use crate::scripted::{Scripted, built, named, now, taken};

fn changing(name: &str, offers: Offers) -> Scripted {
    Scripted::new(name).offering(offers).set(|it| it.changed = vec![Change::ResourceUpdated(format!("x://{name}"))])
}

#[test]
fn the_changes_of_all_providers_are_one_list_with_one_cursor() {
    let kinds =
        [Offers::TOOLS_CHANGES, Offers::PROMPTS_CHANGES, Offers::RESOURCES_CHANGES, Offers::RESOURCE_SUBSCRIPTIONS];
    for offers in kinds {
        let unchanging = Scripted::new("unchanging").tools(&[&["draw"]]);
        let providers = vec![changing("a", offers), unchanging, changing("b", Offers::TOOLS_CHANGES)];
        let (catalog, log) = built(providers.into_iter().map(|provider| named(provider, "")).collect());
        let first = now(catalog.list_changes(&context(), None)).unwrap();
        assert!(first.changes.is_empty());
        assert_eq!(taken(&log), ["a list-changes -", "b list-changes -"]);

        let second = now(catalog.list_changes(&context(), Some(&first.next_cursor))).unwrap();
        let uris = ["x://a", "x://b"].map(|uri| Change::ResourceUpdated(uri.into()));
        assert_eq!(second.changes, uris);
        assert_eq!(taken(&log), ["a list-changes a:now", "b list-changes b:now"]);
    }
}

#[test]
fn a_cursor_of_other_providers_is_refused() {
    let catalog =
        |names: &[&str]| built(names.iter().map(|name| named(changing(name, Offers::TOOLS_CHANGES), "")).collect()).0;
    let both = catalog(&["a", "b"]);
    let cursor = |names: &[&str]| now(catalog(names).list_changes(&context(), None)).unwrap().next_cursor;
    assert!(now(both.list_changes(&context(), Some(&cursor(&["a", "b"])))).is_ok());
    for since in
        [cursor(&["b", "a"]), cursor(&["a", "b", "c"]), cursor(&["a", "c"]), "1:a".into(), String::new(), "x".into()]
    {
        let error = now(both.list_changes(&context(), Some(&since))).err();
        assert_eq!(error, Some(McpError::InvalidCursor), "{since}");
    }
}

#[test]
fn changes_that_no_provider_has_are_not_offered() {
    let (catalog, _) = built(vec![named(Scripted::new("a"), ""), named(Scripted::new("b"), "")]);
    assert_eq!(now(catalog.list_changes(&context(), None)).err(), Some(McpError::NotOffered));
}
