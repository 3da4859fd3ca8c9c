//! A status page as it is configured, and what it shows of the services on it.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use super::{Secret, Service};
use crate::{Language, ServiceId, StatusPageId, theme::Theme};

/// A public status page of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusPage {
    /// Identity.
    pub id: StatusPageId,
    /// Unique key; the page is at `/status/{slug}`.
    pub slug: String,
    /// The heading.
    pub title: String,
    /// The team's own host name for it.
    pub domain: Option<String>,
    /// The language it speaks at its own address, in which people write their updates.
    pub language: Language,
    /// The languages it also speaks, each below its address: `/status/{slug}/it`.
    pub other_languages: Vec<Language>,
    /// The zone of the times it shows to readers whose own zone it doesn't learn.
    pub time_zone: TimeZone,
    /// What it shows, in order.
    pub groups: Vec<Group>,
    /// Whether it shows the past days and figures of its services.
    pub shows_uptime: bool,
    /// Whether search engines may list it.
    pub is_listed: bool,
    /// Where it leads besides.
    pub links: PageLinks,
    /// How it is dressed.
    pub theme: Theme,
    /// Who may read it; without it everybody.
    pub protection: Option<Protection>,
}

/// Services under one heading of a status page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The heading.
    pub name: String,
    /// What they have in common, in a sentence for readers.
    pub description: Option<String>,
    /// The services, in order.
    pub services: Vec<ServiceId>,
    /// What this page calls some of them, and says of them, instead.
    pub called: BTreeMap<ServiceId, Called>,
}

/// What a page calls a service and says of it, where that is not what the service says itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Called {
    /// Its name here.
    pub name: Option<String>,
    /// Its description here.
    pub description: Option<String>,
}

/// Where a status page leads besides: full addresses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageLinks {
    /// The site that it belongs to.
    pub site: Option<String>,
    /// Where readers get help.
    pub support: Option<String>,
    /// Who answers for it, and by which terms.
    pub legal: Option<String>,
}

/// Who may read a status page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Protection {
    /// Whoever knows this password.
    Password(Secret),
    /// Whoever has the secret link. Another word here makes another link, and the one before leads nowhere.
    Link(String),
}

impl StatusPage {
    /// Whether readers of the page see this service.
    #[must_use]
    pub fn shows(&self, service: ServiceId) -> bool {
        self.groups.iter().any(|group| group.services.contains(&service))
    }

    /// Returns the name that readers of this page know a service by.
    #[must_use]
    pub fn name_of<'a>(&'a self, service: &'a Service) -> &'a str {
        let here = self.called(service.id).and_then(|called| called.name.as_deref());
        here.unwrap_or(&service.name)
    }

    /// Returns what this page says that a service is.
    #[must_use]
    pub fn description_of<'a>(&'a self, service: &'a Service) -> Option<&'a str> {
        let here = self.called(service.id).and_then(|called| called.description.as_deref());
        here.or(service.description.as_deref())
    }

    fn called(&self, service: ServiceId) -> Option<&Called> {
        self.groups.iter().find_map(|group| group.called.get(&service))
    }
}
