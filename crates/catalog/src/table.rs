use std::collections::BTreeMap;

use crate::error::BadTemplate;
use crate::template::Template;
use crate::{Kind, Route};

/// Owners by the names that clients use, of all that does not change. An owner is the place of a member.
#[derive(Debug, Default)]
pub(crate) struct Table {
    tools: BTreeMap<String, usize>,
    prompts: BTreeMap<String, usize>,
    resources: BTreeMap<String, usize>,
    templates: BTreeMap<String, usize>,
    /// In configured order.
    patterns: Vec<(Template, usize)>,
}

impl Table {
    pub(crate) fn new(routes: &[Route]) -> Result<Self, BadTemplate> {
        let mut table = Self::default();
        for (place, route) in routes.iter().enumerate() {
            // The earlier owner stays. `gather` refuses a second one; routes that come from elsewhere nobody has compared.
            for name in &route.tools {
                table.tools.entry(route.client_name(name)).or_insert(place);
            }
            for name in &route.prompts {
                table.prompts.entry(route.client_name(name)).or_insert(place);
            }
            for uri in &route.resources {
                table.resources.entry(uri.clone()).or_insert(place);
            }
            for template in &route.templates {
                let pattern = Template::parse(template).map_err(|fault| BadTemplate {
                    provider: route.name.clone(),
                    template: template.clone(),
                    fault,
                })?;
                table.patterns.push((pattern, place));
                table.templates.entry(template.clone()).or_insert(place);
            }
        }
        Ok(table)
    }

    /// Who has exactly this.
    pub(crate) fn owner(&self, kind: Kind, name: &str) -> Option<usize> {
        let owners = match kind {
            Kind::Tool => &self.tools,
            Kind::Prompt => &self.prompts,
            Kind::Resource => &self.resources,
            Kind::Template => &self.templates,
        };
        owners.get(name).copied()
    }

    /// Who has the first template that matches.
    pub(crate) fn matching(&self, uri: &str) -> Option<usize> {
        self.patterns.iter().find(|(pattern, _)| pattern.matches(uri)).map(|(_, place)| *place)
    }
}
