//! The past of one provider: incidents by page, one of them with every revision of its texts, changes by page.

use axum::{extract::State, http::HeaderMap, response::Response};
use domain::{Impact, Phase, change::Change, snapshot::Incident};
use engine::Shell;
use jiff::Timestamp;
use serde::Serialize;
use store::archive::{self, Filed, Text, Wanted};

use super::{answer, find, json::time};
use crate::{
    api::{
        answer::{Paging, encoded, link_next},
        extract::{Pairs, Path},
    },
    problem::Problem,
};

/// Entries on one page, unless asked otherwise.
const USUAL: usize = 50;

/// Entries on one page at the most.
const MOST: usize = 200;

#[derive(Serialize)]
struct ListJson<T> {
    data: Vec<T>,
    next_cursor: Option<String>,
}

#[derive(Serialize)]
struct FiledJson {
    id: String,
    name: String,
    impact: &'static str,
    raw_impact: Option<String>,
    status: &'static str,
    started_at: Option<String>,
    created_at: Option<String>,
    updated_at: Option<String>,
    resolved_at: Option<String>,
    first_seen_at: String,
    closed_seen_at: Option<String>,
    url: Option<String>,
    api_url: String,
}

#[derive(Serialize)]
struct WholeJson {
    #[serde(flatten)]
    incident: FiledJson,
    components: Vec<RefJson>,
    updates: Vec<UpdateJson>,
}

#[derive(Serialize)]
struct RefJson {
    id: String,
    /// What it is called now; a component that is gone has no name here.
    name: Option<String>,
}

#[derive(Serialize)]
struct UpdateJson {
    id: String,
    status: String,
    body: String,
    at: Option<String>,
    first_seen_at: String,
    /// When the provider last changed the text after we had seen it.
    edited_at: Option<String>,
    /// Whether the provider no longer shows it.
    withdrawn: bool,
    revisions: Vec<RevisionJson>,
}

#[derive(Serialize)]
struct RevisionJson {
    number: i64,
    status: String,
    body: String,
    first_seen_at: String,
}

#[derive(Serialize)]
struct ChangeJson {
    event: &'static str,
    provider: String,
    id: String,
    from: Option<String>,
    to: Option<String>,
    at: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    update: Option<String>,
    number: i64,
    seen_at: String,
}

pub(super) async fn incidents(
    State(shell): State<Shell>,
    Path(slug): Path<String>,
    pairs: Pairs,
    asked: HeaderMap,
) -> Result<Response, Problem> {
    pairs.only(&["state", "impact", "since", "limit", "cursor"])?;
    let paging = Paging::of(&pairs, USUAL, MOST)?;
    let state = |word: &str| match word {
        "open" => Some(true),
        "closed" => Some(false),
        _ => None,
    };
    let wanted = Wanted {
        is_open: pairs.read("state", "open or closed", state)?,
        impact: pairs.read("impact", "an impact", Impact::from_word)?,
        since: pairs.read("since", "a time as in RFC 3339", |text| text.parse().ok())?,
        before: paging.from(cursor)?,
    };
    let (entry, _) = find(&shell, &slug)?;
    let (id, limit) = (entry.provider.id(), limit(&paging));
    let mut found = shell.read(move |tx| Ok(archive::list_incidents(tx, id, &wanted, limit + 1)?)).await?;
    let next =
        cut(&mut found, limit).map(|last| format!("{}_{}", began(last).as_microsecond(), last.incident.id));
    let base = address(&shell, &slug, "incidents");
    let data = found.into_iter().map(|filed| filed_json(&base, filed)).collect();
    let mut response = answer(&asked, &ListJson { data, next_cursor: next.clone() })?;
    link_next(&mut response, &base, &pairs, next.as_deref());
    Ok(response)
}

pub(super) async fn incident(
    State(shell): State<Shell>,
    Path((slug, incident)): Path<(String, String)>,
    asked: HeaderMap,
) -> Result<Response, Problem> {
    let (entry, _) = find(&shell, &slug)?;
    let (id, wanted) = (entry.provider.id(), incident.clone());
    let read = shell.read(move |tx| {
        let found = archive::find_incident(tx, id, &wanted)?;
        Ok((found, archive::list_texts(tx, id, &wanted)?))
    });
    let (found, texts) = read.await?;
    let mut filed = found
        .ok_or_else(|| Problem::not_found(format!("{} has no incident {incident:?}", entry.provider.slug)))?;
    let stored = shell.live.whole(&shell, &entry).await?;
    let name = |id: &str| {
        let known = stored.knowledge.components.iter().find(|known| known.component.id == id);
        known.map(|known| known.component.name.clone())
    };
    let components = std::mem::take(&mut filed.incident.components);
    let whole = WholeJson {
        incident: filed_json(&address(&shell, &slug, "incidents"), filed),
        components: components.into_iter().map(|id| RefJson { name: name(&id), id }).collect(),
        updates: updates(&texts),
    };
    answer(&asked, &whole)
}

pub(super) async fn changes(
    State(shell): State<Shell>,
    Path(slug): Path<String>,
    pairs: Pairs,
    asked: HeaderMap,
) -> Result<Response, Problem> {
    pairs.only(&["limit", "cursor"])?;
    let paging = Paging::of(&pairs, USUAL, MOST)?;
    let before = paging.from(|text| text.parse::<i64>().ok().filter(|number| *number > 0))?;
    let (entry, _) = find(&shell, &slug)?;
    let (of, limit) = (entry.provider.clone(), limit(&paging));
    let mut found = shell.read(move |tx| Ok(archive::list_changes(tx, &of, before, limit + 1)?)).await?;
    let next = cut(&mut found, limit).map(|(number, _, _)| number.to_string());
    let data = found.into_iter().map(|(number, seen, change)| change_json(&slug, number, seen, change));
    let mut response = answer(&asked, &ListJson { data: data.collect(), next_cursor: next.clone() })?;
    link_next(&mut response, &address(&shell, &slug, "changes"), &pairs, next.as_deref());
    Ok(response)
}

fn limit(paging: &Paging) -> u32 {
    u32::try_from(paging.limit).unwrap_or(u32::MAX - 1)
}

/// Cuts a list that was asked for with one more than is shown; returns the last one shown if there was one more.
fn cut<T>(found: &mut Vec<T>, limit: u32) -> Option<&T> {
    let is_more = found.len() > limit as usize;
    found.truncate(limit as usize);
    found.last().filter(|_| is_more)
}

fn cursor(text: &str) -> Option<(Timestamp, String)> {
    let (at, id) = text.split_once('_')?;
    Some((Timestamp::from_microsecond(at.parse().ok()?).ok()?, id.to_owned()))
}

/// When an incident began, as far as anybody says: what the list is ordered by.
fn began(filed: &Filed) -> Timestamp {
    filed.incident.started_at.or(filed.incident.created_at).unwrap_or(filed.first_seen_at)
}

fn address(shell: &Shell, slug: &str, list: &str) -> String {
    format!("{}/api/v1/providers/{}/{list}", shell.identity.public_url, encoded(slug))
}

fn filed_json(base: &str, filed: Filed) -> FiledJson {
    let Filed { incident, first_seen_at, closed_seen_at } = filed;
    let Incident {
        id,
        name,
        impact,
        raw_impact,
        phase,
        started_at,
        created_at,
        updated_at,
        resolved_at,
        url,
        ..
    } = incident;
    FiledJson {
        api_url: format!("{base}/{}", encoded(&id)),
        id,
        name,
        impact: impact.word(),
        raw_impact,
        status: Phase::word(phase),
        started_at: time(started_at),
        created_at: time(created_at),
        updated_at: time(updated_at),
        resolved_at: time(resolved_at),
        first_seen_at: first_seen_at.to_string(),
        closed_seen_at: time(closed_seen_at),
        url,
    }
}

fn updates(texts: &[Text]) -> Vec<UpdateJson> {
    let update = |revisions: &[Text]| {
        // The one that stands now, else what was said last.
        let (first, last) = (revisions.first()?, revisions.last()?);
        let shown = revisions.iter().find(|text| text.is_current).unwrap_or(last);
        Some(UpdateJson {
            id: shown.update.clone(),
            status: shown.status.clone(),
            body: shown.body.clone(),
            at: time(shown.at),
            first_seen_at: first.first_seen_at.to_string(),
            edited_at: (revisions.len() > 1).then(|| last.first_seen_at.to_string()),
            withdrawn: !revisions.iter().any(|text| text.is_current),
            revisions: revisions.iter().map(revision).collect(),
        })
    };
    texts.chunk_by(|a, b| a.update == b.update).filter_map(update).collect()
}

fn revision(text: &Text) -> RevisionJson {
    RevisionJson {
        number: text.revision,
        status: text.status.clone(),
        body: text.body.clone(),
        first_seen_at: text.first_seen_at.to_string(),
    }
}

fn change_json(slug: &str, number: i64, seen_at: Timestamp, change: Change) -> ChangeJson {
    ChangeJson {
        event: change.kind.word(),
        provider: slug.to_owned(),
        id: change.subject,
        from: change.from,
        to: change.to,
        at: change.at.to_string(),
        name: change.name,
        update: change.update,
        number,
        seen_at: seen_at.to_string(),
    }
}
