//! Which provider reads a URI.

use contract::model::{McpError, ResourceOutcome, ResourceRead};
use contract::{Events, Provider};

use crate::records::context;
use crate::scripted::{Scripted, built, named, now, taken};

fn read(uri: &str) -> ResourceRead {
    ResourceRead { uri: uri.into(), resumed: None, extra: None }
}

#[test]
fn a_uri_goes_to_the_provider_that_lists_it_else_to_the_first_template_that_matches() {
    let wide = || Scripted::new("wide").resources(&["x://w"], &["x://{+all}"]);
    let narrow = || Scripted::new("narrow").resources(&["x://n", "y://1"], &["x://{one}", "z://{one}"]);
    let dynamic = || Scripted::new("dynamic").resources(&["x://d"], &["x://d/{one}", "z://{+all}"]).dynamic();
    let none = || Scripted::new("none").tools(&[&["draw"]]);
    let cases = [
        (vec![wide(), narrow()], "x://w", Some("wide")),
        (vec![wide(), narrow()], "x://n", Some("narrow")),
        (vec![wide(), narrow()], "x://other", Some("wide")),
        (vec![narrow(), wide()], "x://other", Some("narrow")),
        (vec![narrow(), wide()], "x://other/y", Some("wide")),
        (vec![wide(), narrow(), none()], "z://a/b", None),
        (vec![wide(), narrow(), none()], "y://2", None),
        // A listed URI wins, also of a provider that has to be listed.
        (vec![wide(), dynamic()], "x://d", Some("dynamic")),
        // The configured order holds between static providers and those that are listed.
        (vec![wide(), dynamic()], "x://d/1", Some("wide")),
        (vec![dynamic(), wide()], "x://d/1", Some("dynamic")),
        (vec![dynamic(), narrow()], "z://1", Some("dynamic")),
        (vec![narrow(), dynamic()], "z://1", Some("narrow")),
        (vec![narrow(), dynamic()], "z://1/2", Some("dynamic")),
    ];
    for (providers, uri, owner) in cases {
        let (catalog, log) = built(providers.into_iter().map(|provider| named(provider, "p.")).collect());
        let outcome = now(catalog.read_resource(&context(), &read(uri), &Events::NONE)).map(|leg| leg.outcome);
        let expected = owner.map(|owner| ResourceOutcome::Unnamed(owner.into()));
        assert_eq!(outcome, expected.ok_or(McpError::ResourceNotFound(uri.into())), "{uri}");
        let reads = taken(&log).into_iter().filter(|line| line.contains("read-resource")).collect::<Vec<_>>();
        assert_eq!(reads, owner.map(|owner| format!("{owner} read-resource {uri}")).into_iter().collect::<Vec<_>>());
    }
}

#[test]
fn a_static_owner_is_found_without_a_list() {
    let (catalog, log) = built(vec![
        named(Scripted::new("dynamic").resources(&[], &["x://{+all}"]).dynamic(), ""),
        named(Scripted::new("fixed").resources(&["x://1"], &[]), ""),
    ]);
    assert!(now(catalog.read_resource(&context(), &read("x://1"), &Events::NONE)).is_ok());
    assert_eq!(taken(&log), ["fixed read-resource x://1"]);
}

#[test]
fn a_uri_that_is_too_long_for_templates_is_not_found_unless_it_is_listed() {
    let longest = format!("x://{}", "a".repeat(8 * 1024 - 4));
    let longer = format!("{longest}a");
    let dynamic = || Scripted::new("dynamic").resources(&[], &["{+all}"]).dynamic();
    for providers in [vec![dynamic()], vec![Scripted::new("fixed").resources(&[], &["x://{+all}"])]] {
        let (catalog, _) = built(providers.into_iter().map(|provider| named(provider, "p.")).collect());
        let answer = |uri: &str| now(catalog.read_resource(&context(), &read(uri), &Events::NONE)).map(drop);
        assert_eq!(answer(&longest), Ok(()));
        assert_eq!(answer(&longer), Err(McpError::ResourceNotFound(longer.clone())));
    }
    let (catalog, _) = built(vec![named(Scripted::new("listed").resources(&[&longer], &[]), "p.")]);
    assert!(now(catalog.read_resource(&context(), &read(&longer), &Events::NONE)).is_ok());
}
