use std::future::{Ready, ready};

use catalog::{Catalog, Member, Routes};
use contract::model::*;
use contract::{Events, Function, Provider};
use futures_util::FutureExt;

use crate::records::{call, context};
use crate::routes::providers;
use crate::scripted::{Scripted, gathered, now};

/// A provider, or a catalogue of two of which the second may be such a catalogue again.
enum Link {
    End(Box<Scripted>),
    Chain(Box<Catalog<Link>>),
}

impl Link {
    fn call<F: Function>(
        &self,
        ctx: &Context,
        params: F::Params<'_>,
        events: &Events,
    ) -> Ready<Result<F::Answer, McpError>> {
        ready(match self {
            Link::End(one) => now(F::call(&**one, ctx, params, events)),
            Link::Chain(next) => now(F::call(&**next, ctx, params, events)),
        })
    }
}

contract::impl_provider!({} Link, call);

fn chained(members: Vec<Member<Scripted>>, chain: Vec<Routes>) -> Catalog<Link> {
    let mut ends: Vec<Link> = members.into_iter().map(|member| Link::End(Box::new(member.provider))).collect();
    let mut last = ends.pop();
    let mut catalog = None;
    for routes in chain.into_iter().rev() {
        let second = last.take().unwrap_or_else(|| Link::Chain(Box::new(catalog.take().unwrap())));
        let links = [ends.pop().unwrap(), second];
        let members = links.into_iter().zip(&routes.members).map(|(provider, route)| Member {
            name: route.name.clone(),
            prefix: route.prefix.clone(),
            provider,
        });
        catalog = Some(Catalog::with_routes(members.collect(), routes).unwrap());
    }
    catalog.unwrap()
}

#[test]
fn a_chain_of_twos_serves_what_one_catalogue_does() {
    let (flat, _) = gathered(providers());
    let chain = flat.routes().chain();
    let names: Vec<Vec<_>> =
        chain.iter().map(|routes| routes.members.iter().map(|member| member.name.as_str()).collect()).collect();
    assert_eq!(names, [vec!["a", "b+c+d"], vec!["b", "c+d"], vec!["c", "d"]]);
    let group = &chain[0].members[1];
    assert_eq!(
        (&group.tools[..], &group.prompts[..]),
        (&["b.draw".into(), "d.ask".into()][..], &["d.tell".into()][..])
    );
    assert_eq!((&group.resources[..], &group.templates[..]), (&["x://1".into()][..], &["x://{y}".into()][..]));
    let chained = chained(providers(), chain);
    let ctx = context();

    let one = now(flat.describe(&ctx)).unwrap();
    let other = now(chained.describe(&ctx)).unwrap();
    assert_eq!(one.instructions, other.instructions);
    assert_eq!(
        one.instructions.as_deref(),
        Some("# a\n\nI am a.\n\n# b\n\nI am b.\n\n# c\n\nI am c.\n\n# d\n\nI am d.")
    );
    assert_eq!(one.implementation, other.implementation);
    assert_eq!((one.offers, one.catalogue_static), (other.offers, other.catalogue_static));

    let one = now(flat.list_tools(&ctx, None)).unwrap();
    let other = now(chained.list_tools(&ctx, None)).unwrap();
    assert_eq!(one.tools, other.tools);
    let one = now(flat.list_tools(&ctx, one.next_cursor.as_deref())).unwrap();
    let other = now(chained.list_tools(&ctx, other.next_cursor.as_deref())).unwrap();
    assert_eq!((&one.tools, &one.next_cursor), (&other.tools, &None));
    assert_eq!(one.tools.len(), 2);

    for name in ["draw", "b.draw", "roll", "deal", "d.ask", "ask", "none"] {
        let one = now(flat.call_tool(&ctx, &call(name), &Events::NONE));
        assert_eq!(one, now(chained.call_tool(&ctx, &call(name), &Events::NONE)), "{name}");
        assert_eq!(one.is_ok(), !["ask", "none"].contains(&name), "{name}");
    }
    let since = now(chained.list_changes(&ctx, None)).unwrap().next_cursor;
    assert!(now(chained.list_changes(&ctx, Some(&since))).is_ok());
}

#[test]
fn two_are_a_chain_of_one_and_fewer_are_none() {
    let (two, _) = gathered(providers().into_iter().take(2).collect());
    assert_eq!(two.routes().chain(), [two.routes()]);
    let (one, _) = gathered(providers().into_iter().take(1).collect());
    assert_eq!(one.routes().chain(), []);
}

#[test]
fn what_is_ready_at_once_is_answered_at_once() {
    // A component of two cannot wait: its imports return when they are done.
    let (flat, _) = gathered(providers());
    let chained = chained(providers(), flat.routes().chain());
    let (ctx, read) = (context(), ResourceRead { uri: "x://2".into(), resumed: None, extra: None });
    assert!(chained.describe(&ctx).now_or_never().is_some());
    assert!(chained.list_tools(&ctx, None).now_or_never().is_some());
    assert!(chained.call_tool(&ctx, &call("deal"), &Events::NONE).now_or_never().is_some());
    assert!(chained.read_resource(&ctx, &read, &Events::NONE).now_or_never().is_some());
    assert!(chained.list_changes(&ctx, None).now_or_never().is_some());
}
