//! What those who keep status pages are told of them, and nobody else: where they stand, how far proofs are, what of a theme is
//! left away.

use domain::setup::Setup;
use store::{
    Scope,
    page_domains::{self, PageDomain},
};

use crate::{error::CommandError, gate::Gate, links::SigningKey, workers::Proof};

/// A status page, as its keepers know it.
#[derive(Clone, Debug)]
pub struct OwnPage {
    /// Unique key.
    pub slug: String,
    /// The heading.
    pub title: String,
    /// The address that opens it; of a page with a secret link it holds the secret.
    pub address: String,
    /// Whether not everybody may read it.
    pub is_protected: bool,
    /// Its own host name, how far the proof of it is, and what proves it.
    pub domain: Option<(PageDomain, Proof)>,
    /// What of its theme can't be used, and why.
    pub flaws: Vec<String>,
}

/// Returns the status pages of an organisation in their order.
///
/// # Errors
/// When the ledger fails.
pub fn own_pages(
    scope: &mut Scope<'_>,
    setup: &Setup,
    key: &SigningKey,
    public_url: &str,
) -> Result<Vec<OwnPage>, CommandError> {
    let domains = page_domains::list(scope)?;
    let pages = setup.status_pages.iter().map(|page| {
        let base = super::base_path(page);
        let gate = Gate::of(page, &base, key);
        let secret = gate.filter(|gate| !gate.has_password()).map(|gate| format!("?key={}", gate.key()));
        let domain = domains.iter().find(|domain| domain.page == page.id).cloned();
        OwnPage {
            slug: page.slug.clone(),
            title: page.title.clone(),
            address: format!("{public_url}{base}{}", secret.unwrap_or_default()),
            is_protected: page.protection.is_some(),
            domain: domain.map(|domain| {
                let proof = Proof::of(key, page.id, &domain.domain);
                (domain, proof)
            }),
            flaws: formats::setup::look(&page.theme).1,
        }
    });
    Ok(pages.collect())
}
