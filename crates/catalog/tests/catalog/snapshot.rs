//! Tests of the snapshot: its content, its text, and the catalogue made of it.

use catalog::{Catalog, CatalogueSnapshot, NamedProvider, SnapshotError};
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
fn the_first_line_of_the_text_is_an_index_and_the_others_are_records() {
    let (catalog, _) = built(providers());
    let text = catalog.snapshot().unwrap().to_text().unwrap();
    let mut lines = text.lines();
    let mut index: serde_json::Value = serde_json::from_str(lines.next().unwrap()).unwrap();
    // The lengths of the records.
    let mut lengths = Vec::new();
    for provider in index["providers"].as_array_mut().unwrap() {
        let provider = provider.as_object_mut().unwrap();
        lengths.push(provider.remove("description").unwrap());
        for list in ["tools", "prompts", "resources", "templates"] {
            let Some(list) = provider.get_mut(list) else { continue };
            // A list that can change has names alone.
            let is_stored = list.get("pages").is_some();
            lengths.extend(is_stored.then(|| list["pages"].take()));
            for item in list["items"].as_array_mut().unwrap() {
                lengths.extend(is_stored.then(|| item[1].take()));
                *item = item[0].take();
            }
            *list = list["items"].take();
        }
    }
    let expected = serde_json::json!({"format": 1, "revision": "1:r1:r1:r1:r", "providers": [
        {"name": "a", "static": true, "offers": ["tools", "tools-changes"], "tools": ["draw"]},
        {"name": "b", "prefix": "b.", "static": true, "offers": ["tools", "resources"], "tools": ["draw", "roll"],
            "resources": ["x://1"], "templates": ["x://{y}"]},
        {"name": "c", "static": false, "offers": ["tools"], "tools": ["deal", "roll"]},
        {"name": "d", "prefix": "d.", "static": true, "offers": ["tools", "prompts", "prompts-changes"],
            "tools": ["ask"], "prompts": ["tell"]},
    ]});
    assert_eq!(index, expected);
    let records: Vec<_> = lines.collect();
    assert_eq!(lengths, records.iter().map(|record| serde_json::json!(record.len())).collect::<Vec<_>>());
    assert!(records.iter().all(|record| serde_json::from_str::<serde_json::Value>(record).is_ok()));
    assert_eq!(CatalogueSnapshot::from_text(&text).unwrap().to_text().unwrap(), text);
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
    let text = catalog.snapshot().unwrap().clone().into_hints().to_text().unwrap();
    let hints = CatalogueSnapshot::from_text(&text).unwrap();
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
    let text = catalog.snapshot().unwrap().to_text().unwrap();
    let damaged = "the catalogue snapshot is damaged: ";
    let replaced = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1)
    };
    let cases = [
        (
            replaced("\"format\":1,", "\"format\":2,\"later\":[],"),
            "the catalogue snapshot has format 2, and this release reads format 1: compose the server again".to_owned(),
        ),
        (
            replaced("\"format\":1", "\"format\":0"),
            "the catalogue snapshot has format 0, and this release reads format 1: compose the server again".to_owned(),
        ),
        (replaced("\"revision\"", "\"other\""), damaged.to_owned() + "unknown field `other`"),
        (String::new(), damaged.to_owned() + "its records are not as long"),
        (text.lines().next().unwrap().to_owned() + "\n", damaged.to_owned() + "its records are not as long"),
        (text.clone() + "\n", damaged.to_owned() + "its records are not as long"),
        (replaced("I am a.", "I am."), damaged.to_owned() + "its records are not as long"),
        (replaced("[\"roll\",", "[\"a\","), damaged.to_owned() + "the names in its index are not sorted"),
        (replaced("\"x://{y}\"", "\"x://{y\""), "the resource template `x://{y` of provider `b` is not one".to_owned()),
    ];
    for (text, expected) in cases {
        let error = CatalogueSnapshot::from_text(&text).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.starts_with(&expected), "{error}");
    }
    // A record is read when it is needed, so that its error comes then.
    let snapshot = CatalogueSnapshot::from_text(&replaced("\"input_schema\"", "\"input_schemo\"")).unwrap();
    assert!(snapshot.tool("a", "draw").is_none());
    let catalog = Catalog::from_snapshot(providers(), snapshot).unwrap();
    let error = now(catalog.list_tools(&context(), None)).err();
    assert!(
        matches!(&error, Some(McpError::Internal(text)) if text.starts_with("the catalogue snapshot of provider `a` is damaged: ")),
        "{error:?}"
    );
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
    let text = CatalogueSnapshot::default().to_text().unwrap();
    assert_eq!(CatalogueSnapshot::from_text(&text).unwrap().providers().count(), 0);
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
