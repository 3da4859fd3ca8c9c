//! A third party that we watch, as the catalog or a configuration file declares it.

use std::time::Duration;

use uuid::Uuid;

use crate::{Platform, ProviderId};

/// A provider as declared. What we have read of it is [`Knowledge`](crate::knowledge::Knowledge).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provider {
    /// Unique key, lower case with hyphens.
    pub slug: String,
    /// The name people use.
    pub name: String,
    /// The one category it is listed under.
    pub category: String,
    /// Who hosts the page; `None` is recognised at the first reading.
    pub platform: Option<Platform>,
    /// The machine-readable address.
    pub feed: String,
    /// The page people read.
    pub status_page: Option<String>,
    /// How often to read it while all is quiet.
    pub interval: Duration,
}

impl Provider {
    /// Returns the id that the slug gives.
    #[must_use]
    pub fn id(&self) -> ProviderId {
        provider_id(&self.slug)
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
