use contract::Provider;
use contract::model::{Context, Implementation, McpError, ProviderInfo};
use futures_util::future::join_all;

use crate::catalog::Catalog;
use crate::gaps::Gaps;
use crate::{Route, merge, netstring};

impl<P: Provider> Catalog<P> {
    /// What all members are together.
    pub(crate) async fn describe_all(&self, ctx: &Context) -> Result<ProviderInfo, McpError> {
        let answers = join_all(self.parts.iter().map(|part| part.info(ctx))).await;
        let mut gaps = Gaps::of(self.gaps);
        let (mut routes, mut infos) = (Vec::new(), Vec::new());
        for (part, info) in self.parts.iter().zip(answers) {
            let info = info.and_then(|info| merge::checked(&part.route.name, &info.extra).map(|()| info));
            if let Some(info) = gaps.unless_lost(&part.route.name, info)? {
                routes.push(&part.route);
                infos.push(info);
            }
        }

        let extras: Vec<_> =
            routes.iter().zip(&infos).map(|(route, info)| (route.name.as_str(), info.extra.clone())).collect();
        let whole = gaps.is_empty();
        let (cache, extra) =
            gaps.state(merge::strictest(infos.iter().map(|info| info.cache)), merge::united(&extras)?)?;
        let catalogue_revision = netstring::write(infos.iter().map(|info| info.catalogue_revision.as_str()));
        let catalogue_static = whole && infos.iter().all(|info| info.catalogue_static);
        let instructions = instructions(&routes, &infos);

        // Wherever two say different things of the same, the first has it.
        let merged = infos.into_iter().reduce(|mut all, info| {
            all.implementation = both(all.implementation, info.implementation);
            all.offers |= info.offers;
            add_entries(&mut all.extensions, info.extensions);
            add_entries(&mut all.experimental, info.experimental);
            all
        });
        let merged = merged.ok_or(McpError::NotOffered)?;
        Ok(ProviderInfo { instructions, cache, catalogue_revision, catalogue_static, extra, ..merged })
    }
}

/// Each under a heading, since a model has to know whose tools are meant. What has headings already is taken as it is.
fn instructions(routes: &[&Route], infos: &[ProviderInfo]) -> Option<String> {
    let sections: Vec<String> = routes
        .iter()
        .zip(infos)
        .filter_map(|(route, info)| {
            let text = info.instructions.as_ref().filter(|text| !text.is_empty())?;
            let bare = route.group || routes.len() == 1;
            Some(if bare { text.clone() } else { format!("# {}\n\n{text}", route.name) })
        })
        .collect();
    (!sections.is_empty()).then(|| sections.join("\n\n"))
}

/// The names and versions side by side, which is the same however catalogues are nested. An operator who wants another name
/// sets it for the whole server.
fn both(one: Implementation, other: Implementation) -> Implementation {
    Implementation {
        name: format!("{}+{}", one.name, other.name),
        version: format!("{}+{}", one.version, other.version),
        title: None,
        description: None,
        website_url: None,
        icons: Vec::new(),
        extra: None,
    }
}

fn add_entries(all: &mut Vec<(String, String)>, more: Vec<(String, String)>) {
    for (name, value) in more {
        if all.iter().all(|(known, _)| *known != name) {
            all.push((name, value));
        }
    }
}
