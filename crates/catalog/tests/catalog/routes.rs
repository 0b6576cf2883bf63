use catalog::{Catalog, Member, Routes, RoutesError};
use contract::model::{Offers, ToolOutcome};
use contract::{Events, Provider};

use crate::records::{call, context};
use crate::scripted::{Scripted, gathered, member, now, taken};

pub(crate) fn providers() -> Vec<Member<Scripted>> {
    let says = |name: &str| Scripted::new(name).set(|it| it.info.instructions = Some(format!("I am {name}.")));
    vec![
        member(says("a").tools(&[&["draw"]]).offering(Offers::TOOLS_CHANGES), ""),
        member(says("b").tools(&[&["draw"]]).resources(&["x://1"], &["x://{y}"]), "b."),
        member(says("c").tools(&[&["roll"], &["deal"]]).dynamic(), ""),
        member(says("d").tools(&[&["ask"]]).prompts(&["tell"]).offering(Offers::PROMPTS_CHANGES), "d."),
    ]
}

#[test]
fn routes_survive_being_text_and_need_no_list() {
    let (catalog, log) = gathered(providers());
    let text = serde_json::to_string(&catalog.routes()).unwrap();
    let routes: Routes = serde_json::from_str(&text).unwrap();
    assert_eq!(routes, catalog.routes());

    let mut members = providers();
    for member in &mut members {
        member.provider.log = log.clone();
    }
    let again = Catalog::with_routes(members, routes).unwrap();
    let leg = now(again.call_tool(&context(), &call("b.draw"), &Events::NONE)).unwrap();
    assert_eq!(leg.outcome, ToolOutcome::Unnamed("b".into()));
    assert_eq!(taken(&log), ["b call-tool draw {}"]);
}

#[test]
fn the_text_of_routes_is_this() {
    let (catalog, _) = gathered(providers());
    let expected = serde_json::json!({"members": [
        {"name": "a", "offered": offered(&["tools", "changes"]), "dynamic": false, "group": false, "tools": ["draw"]},
        {"name": "b", "prefix": "b.", "offered": offered(&["tools", "resources"]), "dynamic": false, "group": false,
            "tools": ["draw"], "resources": ["x://1"], "templates": ["x://{y}"]},
        {"name": "c", "offered": offered(&["tools"]), "dynamic": true, "group": false},
        {"name": "d", "prefix": "d.", "offered": offered(&["tools", "prompts", "changes"]), "dynamic": false, "group": false,
            "tools": ["ask"], "prompts": ["tell"]},
    ]});
    assert_eq!(serde_json::to_value(catalog.routes()).unwrap(), expected);
}

fn offered(what: &[&str]) -> serde_json::Value {
    let all = ["tools", "prompts", "resources", "completion", "changes"];
    all.iter().map(|name| ((*name).to_owned(), what.contains(name).into())).collect::<serde_json::Map<_, _>>().into()
}

#[test]
fn routes_of_other_providers_are_refused() {
    let (catalog, _) = gathered(providers());
    let mut fewer = providers();
    fewer.pop();
    let mut swapped = providers();
    swapped.swap(0, 1);
    let mut renamed = providers();
    renamed[1].prefix = None;
    let mut broken = catalog.routes();
    broken.members[0].templates.push("}".into());
    let cases = [
        (fewer, catalog.routes(), "there are 3 providers and 4 routes"),
        (vec![], Routes { members: vec![] }, "there are 0 providers and 0 routes"),
        (swapped, catalog.routes(), "the route in place of provider `b` is that of `a`, or has another prefix"),
        (renamed, catalog.routes(), "the route in place of provider `b` is that of `b`, or has another prefix"),
        (providers(), broken, "the resource template `}` of provider `a` is not one of RFC 6570: a `}` closes nothing"),
    ];
    for (members, routes, expected) in cases {
        let error: Option<RoutesError> = Catalog::with_routes(members, routes).err();
        assert_eq!(error.map(|error| error.to_string()).as_deref(), Some(expected));
    }
}
