//! A third party that we watch, as the catalog or a configuration file declares it.

use std::time::Duration;

use uuid::Uuid;

use crate::{Platform, ProviderId, Status};

/// The categories of the shipped catalog, in alphabetical order. A configuration may have others.
pub const CATEGORIES: [&str; 36] = [
    "AI & Machine Learning",
    "Accounting & ERP",
    "Analytics & Business Intelligence",
    "Banking, Fintech & Insurance",
    "CDN, DNS & Domains",
    "CMS & Website Builders",
    "CRM & Sales",
    "Cloud & Hosting",
    "Collaboration & Productivity",
    "Communications (Voice, SMS & Video)",
    "Crypto & Blockchain",
    "Customer Support & Success",
    "Databases & Storage",
    "Developer Tools & CI/CD",
    "E-commerce & Marketplaces",
    "Education & Learning",
    "Email Delivery",
    "Food, Travel & Hospitality",
    "Gaming",
    "Government & Non-profit",
    "HR, Payroll & Recruiting",
    "Healthcare & Life Sciences",
    "Identity & Access",
    "Integration & Automation",
    "IoT, Maps, Energy & Mobility",
    "Legal & Documents",
    "Marketing & Advertising",
    "Media & Entertainment",
    "Monitoring & Incident Response",
    "Other",
    "Payments & Billing",
    "Real Estate & Construction",
    "Security & Compliance",
    "Shipping & Supply Chain",
    "Social & Consumer Apps",
    "Telecom & Internet Providers",
];

/// A provider as declared. What we have read of it is [`Knowledge`](crate::knowledge::Knowledge).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provider {
    /// Unique key, lower case with hyphens.
    pub slug: String,
    /// The name people use.
    pub name: String,
    /// The one category it is listed under.
    pub category: String,
    /// The provider's front page.
    pub homepage: Option<String>,
    /// Who hosts the page; `None` is recognised at the first reading.
    pub platform: Option<Platform>,
    /// The machine-readable address; `None` is found from `status_page` at the first reading.
    pub feed: Option<String>,
    /// The page people read. There is a feed, a page, or both.
    pub status_page: Option<String>,
    /// How often to read it while all is quiet.
    pub interval: Duration,
    /// Other names that people look for it by: abbreviations, former names, its best-known products.
    pub also: Vec<String>,
    /// The single services that stand behind its page.
    pub services: Vec<String>,
    /// Slugs of providers that it is known to run on.
    pub upstreams: Vec<String>,
    /// Where its status stands in a page that has no feed.
    pub selectors: Option<Selectors>,
}

/// Where the status stands in an HTML page: CSS selectors, kept as data beside the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selectors {
    /// Each component's element.
    pub component: String,
    /// The name within a component's element; `None` is the whole text of the element without its status.
    pub name: Option<String>,
    /// The status within a component's element; its text and its class names are compared with `words`.
    pub status: String,
    /// Words and what they mean, compared without regard to case.
    pub words: Vec<(String, Status)>,
    /// The page's headline, which is compared with `words` too.
    pub headline: Option<String>,
}

impl Provider {
    /// Returns the id that the slug gives.
    #[must_use]
    pub fn id(&self) -> ProviderId {
        provider_id(&self.slug)
    }

    /// Returns the address that is known before anything was read: the feed, else the page.
    #[must_use]
    pub fn address(&self) -> &str {
        self.feed.as_deref().or(self.status_page.as_deref()).unwrap_or_default()
    }

    /// Returns the category as it stands in an address: `E-commerce & Marketplaces` is `e-commerce-marketplaces`.
    #[must_use]
    pub fn category_slug(&self) -> String {
        slug_of(&self.category)
    }

    /// Returns the path of the provider's page, without a trailing slash.
    #[must_use]
    pub fn path(&self) -> String {
        format!("/directory/{}/{}", self.category_slug(), self.slug)
    }
}

/// Returns the id of the provider with this slug.
#[must_use]
pub fn provider_id(slug: &str) -> ProviderId {
    ProviderId::named(Uuid::nil(), slug)
}

/// Returns the form of a name that stands in addresses: lower-case ASCII letters and digits, single hyphens between.
#[must_use]
pub fn slug_of(name: &str) -> String {
    let mut slug = String::with_capacity(name.len());
    for c in name.chars() {
        if c.is_ascii_alphanumeric() {
            slug.push(c.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.trim_end_matches('-').to_owned()
}
