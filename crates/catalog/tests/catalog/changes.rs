use contract::Provider;
use contract::model::{Change, McpError, Offers};

use crate::records::context;
use crate::scripted::{Scripted, gathered, member, now, taken};

fn telling(name: &str, offers: Offers) -> Scripted {
    Scripted::new(name).offering(offers).set(|it| it.changed = vec![Change::ResourceUpdated(format!("x://{name}"))])
}

#[test]
fn the_changes_of_all_who_tell_are_one_list_and_the_cursor_is_of_all_of_them() {
    let kinds =
        [Offers::TOOLS_CHANGES, Offers::PROMPTS_CHANGES, Offers::RESOURCES_CHANGES, Offers::RESOURCE_SUBSCRIPTIONS];
    for offers in kinds {
        let silent = Scripted::new("silent").tools(&[&["draw"]]);
        let members = vec![telling("a", offers), silent, telling("b", Offers::TOOLS_CHANGES)];
        let (catalog, log) = gathered(members.into_iter().map(|provider| member(provider, "")).collect());
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
fn a_cursor_of_other_members_is_refused() {
    let catalog = |names: &[&str]| {
        gathered(names.iter().map(|name| member(telling(name, Offers::TOOLS_CHANGES), "")).collect()).0
    };
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
fn where_nobody_tells_it_is_not_offered() {
    let (catalog, _) = gathered(vec![member(Scripted::new("a"), ""), member(Scripted::new("b"), "")]);
    assert_eq!(now(catalog.list_changes(&context(), None)).err(), Some(McpError::NotOffered));
}
