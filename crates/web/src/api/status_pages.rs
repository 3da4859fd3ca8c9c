//! `/api/v1/status-pages`: what those who keep status pages may know of them.

use axum::{
    Json, Router,
    extract::State,
    http::StatusCode,
    routing::{get, post},
};
use domain::Role;
use engine::{
    CommandError, Shell,
    seams::Bell,
    views::{self, OwnPage},
};
use serde::Serialize;
use store::{Lane, Scope, page_domains};

use super::{extract::Path, token::Caller};
use crate::problem::Problem;

pub(super) fn routes() -> Router<Shell> {
    Router::new().route("/status-pages", get(list)).route("/status-pages/{slug}/verify", post(verify))
}

#[derive(Serialize)]
struct ListJson {
    data: Vec<PageJson>,
}

#[derive(Serialize)]
struct PageJson {
    slug: String,
    title: String,
    is_protected: bool,
    domain: Option<DomainJson>,
    /// What of the theme can't be used.
    theme_flaws: Vec<String>,
}

#[derive(Serialize)]
struct DomainJson {
    name: String,
    state: &'static str,
    reason: String,
    checked_at: Option<String>,
    proven_at: Option<String>,
    proof: ProofJson,
}

#[derive(Serialize)]
struct ProofJson {
    dns_name: String,
    url: String,
    text: String,
}

async fn list(State(shell): State<Shell>, caller: Caller) -> Result<Json<ListJson>, Problem> {
    caller.require(Role::Viewer)?;
    let pages = pages(&shell, &caller).await?;
    Ok(Json(ListJson { data: pages.into_iter().map(json).collect() }))
}

/// Has the proof of a page's host name looked for at once.
async fn verify(
    State(shell): State<Shell>,
    caller: Caller,
    Path(slug): Path<String>,
) -> Result<(StatusCode, Json<PageJson>), Problem> {
    caller.require(Role::Admin)?;
    let page = pages(&shell, &caller).await?.into_iter().find(|page| page.slug == slug);
    let page = page.ok_or_else(|| CommandError::NotFound(format!("status page {slug}")))?;
    let Some((domain, _)) = &page.domain else {
        return Err(CommandError::Rejected(format!("status page {slug} has no domain")).into());
    };
    let (org, id) = (domain.org, domain.page);
    let hasten =
        move |tx: &mut store::Tx<'_>, now| Ok(page_domains::hasten(&mut Scope::new(tx, org), id, now)?);
    shell.write(Lane::Bulk, hasten).await?;
    shell.doorbell.ring(Bell::Prove);
    Ok((StatusCode::ACCEPTED, Json(json(page))))
}

async fn pages(shell: &Shell, caller: &Caller) -> Result<Vec<OwnPage>, Problem> {
    let (ground, key, url, org) =
        (shell.ground(), shell.key.clone(), shell.identity.public_url.clone(), caller.org);
    let read = shell.read(move |tx| {
        let mut scope = Scope::new(tx, org);
        let (_, setup) = ground.setups.current(&mut scope)?;
        views::own_pages(&mut scope, &setup, &key, &url)
    });
    Ok(read.await?)
}

fn json(page: OwnPage) -> PageJson {
    let domain = page.domain.map(|(domain, proof)| DomainJson {
        name: domain.domain,
        state: domain.state.word(),
        reason: domain.reason,
        checked_at: domain.checked_at.map(|at| at.to_string()),
        proven_at: domain.proven_at.map(|at| at.to_string()),
        proof: ProofJson { dns_name: proof.dns, url: proof.url, text: proof.text },
    });
    PageJson {
        slug: page.slug,
        title: page.title,
        is_protected: page.is_protected,
        domain,
        theme_flaws: page.flaws,
    }
}
