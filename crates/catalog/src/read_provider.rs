//! Asks one provider for everything that it has, and checks all that can be checked without knowing the others.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::pin::pin;

use contract::Provider;
use contract::model::{Context, McpError, Offers, Prompt, ProviderInfo, ResourceInfo, ResourceTemplate, Tool};
use futures_util::future::{Either, select};
use protocol::result::check_page;

use crate::build::{BuildOptions, Warning};
use crate::catalog::NamedProvider;
use crate::deadline::Deadline;
use crate::lists::{Listed, Pages, ProviderPage};
use crate::provider_rules::{check_encoding, check_info, check_tool};
use crate::read_pages::{ReadError, read_pages};
use crate::template::Template;
use crate::{BuildError, InvalidTemplate, Kind};

/// Everything that one provider said.
pub(crate) struct Inventory {
    pub(crate) name: String,
    pub(crate) prefix: Option<String>,
    /// What it says of itself; `None` where it is asked later.
    pub(crate) info: Option<ProviderInfo>,
    pub(crate) tools: Pages<Tool>,
    pub(crate) prompts: Pages<Prompt>,
    pub(crate) resources: Pages<ResourceInfo>,
    pub(crate) templates: Pages<ResourceTemplate>,
    /// What an operator should know of it.
    pub(crate) warnings: Vec<Warning>,
}

impl Inventory {
    /// That of a provider that has not been asked.
    fn unknown<P>(named: &NamedProvider<P>) -> Self {
        Self {
            name: named.name.clone(),
            prefix: named.prefix.clone().filter(|prefix| !prefix.is_empty()),
            info: None,
            tools: Pages(Vec::new()),
            prompts: Pages(Vec::new()),
            resources: Pages(Vec::new()),
            templates: Pages(Vec::new()),
            warnings: Vec::new(),
        }
    }

    /// Whether what is here can be relied on.
    pub(crate) fn is_static(&self) -> bool {
        self.info.as_ref().is_some_and(|info| info.catalogue_static)
    }

    /// What the provider offers; everything, where that is not known.
    pub(crate) fn offers(&self) -> Offers {
        self.info.as_ref().map_or(Offers::all(), |info| info.offers)
    }

    /// The revision of its catalogue; nothing where it is not known.
    pub(crate) fn revision(&self) -> &str {
        self.info.as_ref().map_or("", |info| &info.catalogue_revision)
    }

    /// The names or URIs that clients see, of one kind.
    pub(crate) fn client_keys(&self, kind: Kind) -> Vec<String> {
        fn keys<T: Listed>(pages: &Pages<T>) -> impl Iterator<Item = &str> {
            pages.items().map(T::key)
        }
        match kind {
            Kind::Tool => keys(&self.tools).map(|name| self.client_name(name)).collect(),
            Kind::Prompt => keys(&self.prompts).map(|name| self.client_name(name)).collect(),
            Kind::Resource => keys(&self.resources).map(str::to_owned).collect(),
            Kind::Template => keys(&self.templates).map(str::to_owned).collect(),
        }
    }

    pub(crate) fn client_name(&self, own: &str) -> String {
        format!("{}{own}", self.prefix.as_deref().unwrap_or_default())
    }

    /// Leaves a provider that cannot be asked now for later: clients find it missing until it answers.
    fn ask_later(&mut self, reason: String) {
        self.warnings.push(Warning::Absent { provider: self.name.clone(), reason });
    }
}

/// Asks for the description and then for each list that is offered.
pub(crate) async fn read_provider<P: Provider>(
    named: &NamedProvider<P>,
    ctx: &Context,
    options: &BuildOptions,
) -> Result<Inventory, BuildError> {
    let mut inventory = Inventory::unknown(named);
    if options.ask_later.contains(&named.name) {
        return Ok(inventory);
    }
    let info = match named.provider.describe(ctx).await {
        Ok(info) => info,
        // Whether its catalogue can change is not known yet: the provider itself says that it will be.
        Err(error @ McpError::Unavailable(_)) if options.absence_allowed => {
            inventory.ask_later(error.explanation());
            return Ok(inventory);
        }
        Err(error) => return Err(BuildError::Describe { provider: named.name.clone(), reason: error.explanation() }),
    };
    check_info(&info).map_err(|fault| BuildError::Info { provider: named.name.clone(), fault })?;
    let is_static = info.catalogue_static;
    inventory.info = Some(info);
    let read = {
        let lists = pin!(read_lists(named, &mut inventory, ctx));
        match options.timer {
            None => lists.await,
            Some(timer) => match select(lists, timer()).await {
                Either::Left((read, _)) => read,
                Either::Right(_) => Err(BuildError::TooLong { provider: named.name.clone() }),
            },
        }
    };
    match read {
        Err(error @ (BuildError::List { .. } | BuildError::TooLong { .. }))
            if !is_static && options.absence_allowed =>
        {
            inventory.ask_later(error.reason());
        }
        read => read?,
    }
    Ok(inventory)
}

async fn read_lists<P: Provider>(
    named: &NamedProvider<P>,
    inventory: &mut Inventory,
    ctx: &Context,
) -> Result<(), BuildError> {
    inventory.tools = read_list(named, inventory, ctx).await?;
    for tool in inventory.tools.items() {
        let warning = check_tool(&inventory.name, inventory.prefix.as_deref(), tool)?;
        inventory.warnings.extend(warning);
    }
    check_encodings(&inventory.tools, inventory.is_static(), &inventory.name, &mut inventory.warnings)?;
    inventory.prompts = read_list(named, inventory, ctx).await?;
    check_encodings(&inventory.prompts, inventory.is_static(), &inventory.name, &mut inventory.warnings)?;
    inventory.resources = read_list(named, inventory, ctx).await?;
    check_encodings(&inventory.resources, inventory.is_static(), &inventory.name, &mut inventory.warnings)?;
    inventory.templates = read_list(named, inventory, ctx).await?;
    check_encodings(&inventory.templates, inventory.is_static(), &inventory.name, &mut inventory.warnings)
}

/// Checks that clients can be sent the items of a list, and what its pages say beside them. A list that can change may be mended, so that
/// of such a one the faults are warnings.
fn check_encodings<T: Listed>(
    pages: &Pages<T>,
    is_static: bool,
    provider: &str,
    warnings: &mut Vec<Warning>,
) -> Result<(), BuildError> {
    let of_pages = pages.0.iter().map(|(_, page)| {
        let checked = check_page(page.extra.as_deref(), page.cache.as_ref());
        checked.map_err(|fault| BuildError::PageEncoding { provider: provider.to_owned(), kind: T::KIND, fault })
    });
    let first = of_pages.chain(pages.items().map(|item| check_encoding(provider, item))).find_map(Result::err);
    match first {
        Some(fault) if is_static => return Err(fault),
        // One is enough: a provider decides how many there are.
        Some(fault) => warnings.push(Warning::Unlisted(fault.to_string())),
        None => {}
    }
    Ok(())
}

async fn read_list<T: Listed, P: Provider>(
    named: &NamedProvider<P>,
    inventory: &Inventory,
    ctx: &Context,
) -> Result<Pages<T>, BuildError> {
    let mut pages = Pages(Vec::new());
    if !T::KIND.is_offered(inventory.offers()) {
        return Ok(pages);
    }
    let provider = || inventory.name.clone();
    // The caller has a timer for all lists of a provider.
    let deadline = Deadline::none();
    let read = read_pages(&named.provider, ctx, &deadline, |cursor, page: ProviderPage<T>| {
        pages.0.push((cursor, page));
        ControlFlow::<()>::Continue(())
    });
    match read.await {
        Ok(_) => reject_duplicates(inventory, pages),
        // The list is for principals only. Each is asked for at the time of a call, with the caller's principal.
        Err(ReadError::Provider(McpError::Forbidden(_) | McpError::InsufficientScope(_))) if !inventory.is_static() => {
            Ok(pages)
        }
        Err(ReadError::Provider(error)) => {
            Err(BuildError::List { provider: provider(), kind: T::KIND, reason: error.explanation() })
        }
        Err(ReadError::Fault(fault)) => Err(BuildError::Endless { provider: provider(), fault }),
    }
}

fn reject_duplicates<T: Listed>(inventory: &Inventory, pages: Pages<T>) -> Result<Pages<T>, BuildError> {
    let mut keys = BTreeSet::new();
    let twice = pages.items().find(|item| !keys.insert(item.key())).map(|item| item.key().to_owned());
    match twice {
        None => Ok(pages),
        Some(name) => Err(BuildError::Twice { provider: inventory.name.clone(), kind: T::KIND, name }),
    }
}

/// Checks that every template is one of RFC 6570, also those of a provider whose catalogue can change.
pub(crate) fn check_templates(inventory: &Inventory) -> Result<(), InvalidTemplate> {
    inventory.templates.items().map(|template| &template.uri_template).try_for_each(|text| {
        Template::parse(text).map(drop).map_err(|reason| InvalidTemplate {
            provider: inventory.name.clone(),
            template: text.clone(),
            reason,
        })
    })
}
