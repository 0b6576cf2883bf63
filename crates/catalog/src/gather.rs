use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use contract::Provider;
use contract::model::Context;
use futures_util::future::join_all;

use crate::catalog::{Catalog, Member, Part};
use crate::survey::{client_names, survey};
use crate::table::Table;
use crate::{GatherError, Kind, Route, check_names};

/// Asks all members what they have, all at once, and makes one catalogue of them in the order given. It is called when a server
/// starts or is put together; the context is then nobody's in particular. The first fault in that order is the error. What
/// members with a static catalogue list is kept, and answered from then on without a call.
pub async fn gather<P: Provider>(members: Vec<Member<P>>, ctx: &Context) -> Result<Catalog<P>, GatherError> {
    if members.is_empty() {
        return Err(GatherError::Empty);
    }
    check_names(members.iter().map(|member| member.name.as_str()))?;
    let surveys = join_all(members.iter().map(|member| survey(member, ctx))).await;
    let surveys = surveys.into_iter().collect::<Result<Vec<_>, _>>()?;
    let (mut routes, kept): (Vec<_>, Vec<_>) = surveys.into_iter().map(|survey| (survey.route, survey.kept)).unzip();
    for kind in [Kind::Tool, Kind::Prompt, Kind::Resource, Kind::Template] {
        check_owners(&routes, kind)?;
    }
    Table::new(&routes)?; // For the templates that are about to be forgotten.
    let tools = routes.iter().map(|route| route.tools.len()).sum();
    routes.iter_mut().filter(|route| route.dynamic).for_each(forget);
    let table = Table::new(&routes)?;
    let parts = members.into_iter().zip(routes).zip(kept);
    let parts = parts.map(|((member, route), kept)| Part { provider: member.provider, route, kept }).collect();
    Ok(Catalog { parts, table, tools, gaps: false })
}

/// What may change is asked for at the time of the call, and not remembered.
fn forget(route: &mut Route) {
    for names in
        [&mut route.tools, &mut route.repeatable, &mut route.prompts, &mut route.resources, &mut route.templates]
    {
        names.clear();
    }
}

/// Nothing has two owners.
fn check_owners(routes: &[Route], kind: Kind) -> Result<(), GatherError> {
    let mut owners: BTreeMap<String, &str> = BTreeMap::new();
    for route in routes {
        for name in client_names(route, kind) {
            let (name, first) = match owners.entry(name) {
                Entry::Vacant(entry) => {
                    entry.insert(&route.name);
                    continue;
                }
                Entry::Occupied(entry) => entry.remove_entry(),
            };
            let (first, second) = (first.to_owned(), route.name.clone());
            return Err(match kind.is_prefixed() {
                true => GatherError::SameName { first, second, kind, name },
                false => GatherError::SameUri { first, second, kind, uri: name },
            });
        }
    }
    Ok(())
}
