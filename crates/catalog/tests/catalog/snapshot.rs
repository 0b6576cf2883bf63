//! Tests of the snapshot: its content, its texts, and the catalogue made of it.

use catalog::{Catalog, CatalogueSnapshot, NamedProvider, SnapshotError, SnapshotParts};
use contract::model::*;
use contract::{Events, Provider};
use futures_util::FutureExt;

use crate::records::{call, context, full_info, full_prompt, full_resource, full_template, full_tool};
use crate::scripted::{Scripted, built, named, now, remade, taken};

fn providers() -> Vec<NamedProvider<Scripted>> {
    let instructs = |name: &str| Scripted::new(name).set(|it| it.info.instructions = Some(format!("I am {name}.")));
    vec![
        named(instructs("a").tools(&[&["draw"]]).offering(Offers::TOOLS_CHANGES), ""),
        named(instructs("b").tools(&[&["roll", "draw"]]).resources(&["x://1"], &["x://{y}"]), "b."),
        named(instructs("c").tools(&[&["roll"], &["deal"]]).dynamic(), ""),
        named(instructs("d").tools(&[&["ask"]]).prompts(&["tell"]).offering(Offers::PROMPTS_CHANGES), "d."),
    ]
}

/// A provider whose every record has every field.
fn full() -> Scripted {
    Scripted::new("full").set(|it| {
        it.info = full_info();
        it.tools = vec![
            vec![full_tool("z", TaskSupport::Required), full_tool("a", TaskSupport::Forbidden)],
            vec![],
            vec![full_tool("m", TaskSupport::Optional)],
        ];
        it.prompts = vec![vec![full_prompt("ask")]];
        it.resources = vec![vec![full_resource("x://1")]];
        it.templates = vec![vec![full_template("x://{y}")]];
        it.cache = Some(CacheHint { ttl_ms: 7, scope: CacheScope::Public });
        it.extra = Some(r#"{"_meta":{"p":1.50}}"#.into());
    })
}

/// Everything that a client can list, page by page, and the description.
fn everything(
    catalog: &Catalog<Scripted>,
) -> (ProviderInfo, Vec<ToolPage>, PromptPage, ResourcePage, ResourceTemplatePage) {
    let ctx = context();
    let mut tools: Vec<ToolPage> = Vec::new();
    let mut cursor = None;
    loop {
        let page = now(catalog.list_tools(&ctx, cursor.as_deref())).unwrap();
        cursor = page.next_cursor.clone();
        tools.push(page);
        if cursor.is_none() {
            break;
        }
    }
    let mut info = now(catalog.describe(&ctx)).unwrap();
    info.catalogue_static = true;
    (
        info,
        tools,
        now(catalog.list_prompts(&ctx, None)).unwrap(),
        now(catalog.list_resources(&ctx, None)).unwrap(),
        now(catalog.list_templates(&ctx, None)).unwrap(),
    )
}

#[test]
fn a_client_sees_the_same_of_a_static_provider_from_the_provider_and_from_the_snapshot() {
    let other = || named(Scripted::new("other").tools(&[&["draw"]]), "");
    for (prefix, others) in [("", vec![]), ("p.", vec![]), ("", vec![other()]), ("p.", vec![other()])] {
        let with = |provider: Scripted| [vec![named(provider, prefix)], others.clone()].concat();
        // The snapshot has no list of a provider whose catalogue can change.
        let (asking, log) = built(with(full().dynamic()));
        let asked = everything(&asking);
        assert!(!taken(&log).is_empty());
        let (kept, log) = built(with(full()));
        assert_eq!(everything(&kept), asked);
        assert!(taken(&log).is_empty());
        let (again, log) = remade(&kept, with(full()));
        assert_eq!(everything(&again), asked);
        assert!(taken(&log).is_empty());
        assert_eq!(again.snapshot().unwrap().revision(), asked.0.catalogue_revision);
        assert_eq!(again.tool_count(), kept.tool_count());
    }
}

#[test]
fn the_index_has_the_names_and_says_which_records_there_are() {
    let (catalog, _) = built(providers());
    let parts = catalog.snapshot().unwrap().to_parts().unwrap();
    let index: serde_json::Value = serde_json::from_str(&parts.index).unwrap();
    let stored = |names: &[&str]| serde_json::json!({"stored": true, "items": names});
    let expected = serde_json::json!({"format": 2, "revision": "1:r1:r1:r1:r", "described": true, "providers": [
        {"name": "a", "static": true, "offers": ["tools", "tools-changes"], "described": true, "tools": stored(&["draw"])},
        {"name": "b", "prefix": "b.", "static": true, "offers": ["tools", "resources"], "described": true,
            "tools": stored(&["draw", "roll"]), "resources": stored(&["x://1"]), "templates": stored(&["x://{y}"])},
        // A list that can change has names alone.
        {"name": "c", "static": false, "offers": ["tools"], "described": true, "tools": {"items": ["deal", "roll"]}},
        {"name": "d", "prefix": "d.", "static": true, "offers": ["tools", "prompts", "prompts-changes"], "described": true,
            "tools": stored(&["ask"]), "prompts": stored(&["tell"])},
    ]});
    assert_eq!(index, expected);
    // The description of all, then of each provider the description, and of each list its pages and its items.
    let begins = parts.records.iter().map(|record| record.split([',', ':', '[']).take(2).collect::<Vec<_>>().join(" "));
    let kinds: Vec<_> = begins.map(|begin| begin.replace(['"', '{'], "")).collect();
    let (described, pages) = ("implementation name", " items");
    let [a, b] = [&[described, pages, "name draw"][..], &[described, pages, "name draw", "name roll"]];
    let [c, d] = [&[described][..], &[described, pages, "name ask", pages, "name tell"]];
    let of_uris = [pages, "uri x", pages, "uri_template x"];
    assert_eq!(kinds, [&[described], a, b, &of_uris, c, d].concat());
    assert_eq!(CatalogueSnapshot::from_parts(parts.clone()).unwrap().to_parts().unwrap(), parts);
}

#[test]
fn a_call_needs_the_index_and_at_most_two_records() {
    use std::sync::{LazyLock, Mutex};
    static PARTS: LazyLock<SnapshotParts> =
        LazyLock::new(|| built(providers()).0.snapshot().unwrap().to_parts().unwrap());
    static FETCHED: Mutex<Vec<u32>> = Mutex::new(Vec::new());
    fn record(number: u32) -> Option<String> {
        FETCHED.lock().unwrap().push(number);
        PARTS.records.get(usize::try_from(number).unwrap()).cloned()
    }
    let read = || CatalogueSnapshot::from_index(&PARTS.index, record).unwrap();
    let fetched = || std::mem::take(&mut *FETCHED.lock().unwrap());
    let catalog = Catalog::from_snapshot(providers(), read()).unwrap();
    assert!(now(catalog.call_tool(&context(), &call("b.roll"), &Events::NONE)).is_ok());
    assert_eq!(fetched(), Vec::<u32>::new());
    for _ in 0..2 {
        assert_eq!(catalog.facts(catalog::ItemRef::Tool("b.roll")).unwrap().tool.unwrap().tool.name, "roll");
        assert!(catalog.known_description().is_some());
    }
    assert_eq!(fetched(), [7, 0], "each is fetched once");
    let (whole, _) = built(providers());
    assert_eq!(catalog.known_description(), whole.known_description());
    // The description of all is no longer that of these.
    let mut moved = providers();
    moved.swap(0, 1);
    let moved = Catalog::from_snapshot(moved, read()).unwrap();
    assert!(moved.known_description().unwrap().instructions.as_ref().unwrap().starts_with("# b\n"));
    assert_eq!(read().to_parts().unwrap(), *PARTS);
}

#[test]
fn a_snapshot_needs_no_list_to_route_a_call() {
    let (catalog, _) = built(providers());
    let (again, log) = remade(&catalog, providers());
    let leg = now(again.call_tool(&context(), &call("b.draw"), &Events::NONE)).unwrap();
    assert_eq!(leg.outcome, ToolOutcome::Unnamed("b".into()));
    assert_eq!(taken(&log), ["b call-tool draw {}"]);
}

#[test]
fn hints_route_calls_and_all_else_comes_from_the_providers() {
    let (catalog, _) = built(providers());
    let parts = catalog.snapshot().unwrap().clone().into_hints().to_parts().unwrap();
    let hints = CatalogueSnapshot::from_parts(parts).unwrap();
    assert!(
        !Catalog::pass_through(Scripted::new("x"), Some(hints.clone())).known_description().unwrap().catalogue_static
    );
    assert!(
        hints.tool("b", "draw").is_some() && hints.tool("b", "b.draw").is_none() && hints.tool("x", "draw").is_none()
    );
    let log = crate::scripted::Log::default();
    let mut moved = providers();
    // A deployment may have the providers in another order, with other prefixes, and with more providers.
    moved.swap(0, 1);
    moved[0].prefix = Some("p.".into());
    moved.push(named(Scripted::new("new").tools(&[&["fresh"]]).offering(Offers::TOOLS), ""));
    moved.iter_mut().for_each(|named| named.provider.log = log.clone());
    let catalog = Catalog::from_snapshot(moved, hints).unwrap();
    let call = |name: &str| now(catalog.call_tool(&context(), &call(name), &Events::NONE)).map(|leg| leg.outcome);
    assert_eq!(call("p.draw"), Ok(ToolOutcome::Unnamed("b".into())));
    assert_eq!(taken(&log), ["b call-tool draw {}"]);
    assert_eq!(call("fresh"), Ok(ToolOutcome::Unnamed("new".into())));
    assert_eq!(taken(&log).iter().filter(|line| line.contains("list-tools")).count(), 4, "b cannot have it");
    assert!(now(catalog.describe(&context())).is_ok());
    assert!(now(catalog.list_prompts(&context(), None)).is_ok());
    let asked = taken(&log);
    assert!(asked.contains(&"d list-prompts".to_owned()) && asked.contains(&"a describe".to_owned()));
}

#[test]
fn a_snapshot_that_is_damaged_or_of_another_release_is_refused() {
    let (catalog, _) = built(providers());
    let parts = catalog.snapshot().unwrap().to_parts().unwrap();
    let damaged = "the catalogue snapshot is damaged: ";
    let replaced = |from: &str, to: &str| {
        assert!(parts.index.contains(from), "{from}");
        SnapshotParts { index: parts.index.replacen(from, to, 1), records: parts.records.clone() }
    };
    let of_records = |records: &[String]| SnapshotParts { records: records.to_vec(), ..parts.clone() };
    let all = parts.records.as_slice();
    let cases = [
        (
            replaced("\"format\":2,", "\"format\":3,\"later\":[],"),
            "the catalogue snapshot has format 3, and this release reads format 2: compose the server again".to_owned(),
        ),
        (
            replaced("\"format\":2", "\"format\":0"),
            "the catalogue snapshot has format 0, and this release reads format 2: compose the server again".to_owned(),
        ),
        (replaced("\"revision\"", "\"other\""), damaged.to_owned() + "unknown field `other`"),
        (SnapshotParts { index: String::new(), ..parts.clone() }, damaged.to_owned() + "EOF"),
        (of_records(&[]), damaged.to_owned() + "it has 0 records, and its index says 18"),
        (of_records(&all[1..]), damaged.to_owned() + "it has 17 records, and its index says 18"),
        (of_records(&[all, all].concat()), damaged.to_owned() + "it has 36 records, and its index says 18"),
        (replaced("\"roll\"]", "\"a\"]"), damaged.to_owned() + "the names in its index are not sorted"),
        (replaced("\"x://{y}\"", "\"x://{y\""), "the resource template `x://{y` of provider `b` is not one".to_owned()),
    ];
    for (parts, expected) in cases {
        let error = CatalogueSnapshot::from_parts(parts).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.starts_with(&expected), "{error}");
    }
    // A record is read when it is needed, so that its error comes then.
    let other: Vec<_> = all.iter().map(|record| record.replace("\"input_schema\"", "\"input_schemo\"")).collect();
    let snapshots = [
        (CatalogueSnapshot::from_parts(of_records(&other)).unwrap(), "record 3 cannot be read: unknown field"),
        (CatalogueSnapshot::from_index(&parts.index, |_| None).unwrap(), "record 2 is missing"),
    ];
    for (snapshot, reason) in snapshots {
        assert!(snapshot.tool("a", "draw").is_none());
        let catalog = Catalog::from_snapshot(providers(), snapshot).unwrap();
        assert!(now(catalog.call_tool(&context(), &call("b.draw"), &Events::NONE)).is_ok());
        let error = now(catalog.list_tools(&context(), None)).err();
        let expected = format!("the catalogue snapshot of provider `a` is damaged: {reason}");
        assert!(matches!(&error, Some(McpError::Internal(text)) if text.starts_with(&expected)), "{error:?}");
    }
    let snapshot = CatalogueSnapshot::from_index(&parts.index, |_| None).unwrap();
    assert_eq!(snapshot.to_parts().unwrap_err().to_string(), damaged.to_owned() + "record 0 is missing");
    let error = now(Catalog::pass_through(Scripted::new("x"), Some(snapshot)).describe(&context()));
    assert!(error.is_ok(), "one that can change is asked: {error:?}");
}

#[test]
fn without_hints_every_provider_is_asked() {
    let log = crate::scripted::Log::default();
    let provider = |name| Scripted::new(name).tools(&[&["draw"]]).set(|it| it.log = log.clone());
    let providers = vec![named(provider("a"), ""), named(provider("b"), "b.")];
    let catalog = Catalog::from_snapshot(providers, CatalogueSnapshot::default()).unwrap();
    assert!(catalog.known_description().is_none());
    assert!(now(catalog.call_tool(&context(), &call("b.draw"), &Events::NONE)).is_ok());
    assert_eq!(taken(&log), ["b list-tools", "b call-tool draw {}"], "the prefix is that of b");
    let parts = CatalogueSnapshot::default().to_parts().unwrap();
    assert_eq!(CatalogueSnapshot::from_parts(parts).unwrap().providers().count(), 0);
}

#[test]
fn a_catalogue_has_providers_and_their_names_differ() {
    let (catalog, _) = built(providers());
    let snapshot = catalog.snapshot().unwrap();
    let twice = vec![named(Scripted::new("a"), ""), named(Scripted::new("a"), "a.")];
    assert!(
        matches!(Catalog::from_snapshot(twice, snapshot.clone()), Err(SnapshotError::SameName(name)) if name == "a")
    );
    assert!(matches!(Catalog::<Scripted>::from_snapshot(vec![], snapshot.clone()), Err(SnapshotError::Empty)));
    let names: Vec<_> = snapshot.providers().collect();
    assert_eq!(names, [("a", None), ("b", Some("b.")), ("c", None), ("d", Some("d."))]);
    assert_eq!(snapshot.offers("c"), Some(Offers::TOOLS));
}

/// A provider that answers at once, as imports of a component do.
struct Import(Scripted);

impl Import {
    fn call<F: contract::Function>(
        &self,
        ctx: &Context,
        params: F::Params<'_>,
        events: &Events,
    ) -> std::future::Ready<Result<F::Answer, McpError>> {
        std::future::ready(now(F::call(&self.0, ctx, params, events)))
    }
}

contract::impl_provider!({} Import, call);

#[test]
fn a_catalogue_of_imports_never_waits() {
    let (catalog, _) = built(providers());
    let imports = providers().into_iter().map(|NamedProvider { name, prefix, provider }| NamedProvider {
        name,
        prefix,
        provider: Import(provider),
    });
    let catalog = Catalog::from_snapshot(imports.collect(), catalog.snapshot().unwrap().clone()).unwrap();
    let (ctx, read) = (context(), ResourceRead { uri: "x://2".into(), resumed: None, extra: None });
    assert!(catalog.describe(&ctx).now_or_never().is_some());
    assert!(catalog.list_tools(&ctx, None).now_or_never().is_some());
    assert!(catalog.call_tool(&ctx, &call("deal"), &Events::NONE).now_or_never().is_some());
    assert!(catalog.read_resource(&ctx, &read, &Events::NONE).now_or_never().is_some());
    assert!(catalog.list_changes(&ctx, None).now_or_never().is_some());
}
