//! The old feeds, `rss/all.rss` and `rss/SERVICE-REGION.rss`: items are updates, newest first, without a severity.
//!
//! A feed is a log: of an event's items only the newest tells how it stands, and many events never tell their end. So an
//! event is open until it says that all is well, or has been silent for a day; inside one, updates come every few hours.
//!
//! The oldest items fall out of the feed while their event goes on, so nothing of theirs can be its id: that is the key of
//! the service, and only the newest event of each is told. What fell out whole is not over, so absence closes nothing.

use std::cmp::Reverse;

use domain::snapshot::{Incident, Page, Snapshot, Update};
use domain::{Impact, Phase, Platform};
use jiff::{SignedDuration, Timestamp};

use super::region::{Picked, instant, of_key};
use crate::feed::Read;
use crate::feeds::blank;
use crate::feeds::document::Document;
use crate::feeds::feed::entries::{self, Entry, Log};
use crate::feeds::rows::id;
use crate::feeds::warnings::Warnings;
use crate::feeds::wire::Text;
use crate::text::{WORD_CHARS, clean_line};

/// How long an event may be silent before the next item is another event, and before it counts as over.
const SILENCE: SignedDuration = SignedDuration::from_hours(24);

/// The words before a title, with what they say of the impact; `None` is the end.
const PREFIXES: [(&str, Option<Impact>); 5] = [
    ("Service is operating normally", None),
    ("Informational message", Some(Impact::None)),
    ("Service degradation", Some(Impact::Minor)),
    ("Service impact", Some(Impact::Minor)),
    ("Service disruption", Some(Impact::Critical)),
];

/// An item of an event.
struct Post {
    service: String,
    at: Timestamp,
    update: Update,
    title: String,
    prefix: Option<&'static str>,
    impact: Option<Impact>,
    is_end: bool,
}

pub(super) fn read(document: &Document<'_>) -> Option<Read> {
    if !document.text.contains("status.aws.amazon.com/") {
        return None;
    }
    let log = match entries::parse(document)? {
        Ok(log) => log,
        Err(reason) => return Some(Err(reason)),
    };
    let is_ours = log.links.iter().any(|link| link.contains("//status.aws.amazon.com/"));
    is_ours.then(|| Ok(snapshot(document, log)))
}

fn snapshot(document: &Document<'_>, log: Log) -> Snapshot {
    let mut warnings = Warnings::default();
    warnings.lost("items", log.dropped);
    let picked = Picked::of(document.url.as_ref());
    let mut posts: Vec<Post> = log
        .entries
        .into_iter()
        .filter_map(|item| post(item, &mut warnings))
        .filter(|post| picked.covers(of_key(&post.service)))
        .collect();
    posts.sort_by_key(|post| post.at);
    posts.dedup_by(|later, earlier| later.update.id == earlier.update.id);
    let mut incidents: Vec<Incident> =
        events(posts).into_iter().map(|posts| incident(posts, document.at)).collect();
    incidents.sort_by_key(|incident| Reverse(incident.updated_at));
    Snapshot {
        page: Page { name: log.title, ..Page::default() },
        incidents,
        warnings: warnings.into_vec(),
        ..blank::snapshot(Platform::Aws)
    }
}

/// Reads an item. Its id ends with the service and the second it was posted in: `…/#ec2-us-east-1_1787025679`.
fn post(item: Entry, warnings: &mut Warnings) -> Option<Post> {
    let key = item.id.rsplit_once('#').map(|(_, key)| key.to_owned());
    let split = key.as_deref().and_then(|key| key.rsplit_once('_'));
    let (Some(key), Some((service, second))) = (id(&Text(key.clone())), split) else {
        warnings.add(format_args!("item '{}' names no service", clean_line(&item.id, 120)));
        return None;
    };
    let Some(at) = item.at().or_else(|| instant(Some(second))) else {
        warnings.add(format_args!("item '{key}' has no time"));
        return None;
    };
    let title = item.title.as_str();
    let known = PREFIXES.iter().find(|(prefix, _)| title.starts_with(prefix));
    if known.is_none() {
        warnings
            .add(format_args!("item '{key}' has unknown status word '{}'", clean_line(title, WORD_CHARS)));
    }
    let rest = known.map_or(title, |(prefix, _)| title[prefix.len()..].trim_start_matches([':', ' ']));
    let is_end = matches!(known, Some((_, None))) || rest.starts_with("[RESOLVED]");
    let prefix = known.map(|(prefix, _)| *prefix);
    Some(Post {
        service: service.to_owned(),
        at,
        update: Update {
            id: key,
            status: prefix.unwrap_or_default().to_owned(),
            body: item.body(),
            at: Some(at),
        },
        title: rest.trim_start_matches("[RESOLVED]").trim().to_owned(),
        prefix,
        impact: known.map_or(Some(Impact::Unknown), |(_, impact)| *impact),
        is_end,
    })
}

/// Returns the posts of each service's newest event: those after the last end or long silence.
fn events(posts: Vec<Post>) -> Vec<Vec<Post>> {
    let mut events: Vec<Vec<Post>> = Vec::new();
    for post in posts {
        match events.iter_mut().find(|event| event[0].service == post.service) {
            Some(event) if continues(event, &post) => event.push(post),
            Some(event) => *event = vec![post],
            None => events.push(vec![post]),
        }
    }
    events
}

fn continues(event: &[Post], next: &Post) -> bool {
    event.last().is_some_and(|last| !last.is_end && next.at.duration_since(last.at) <= SILENCE)
}

/// Makes an incident of an event's posts, oldest first; there is at least one.
fn incident(posts: Vec<Post>, at: Timestamp) -> Incident {
    let (first, last) = (&posts[0], &posts[posts.len() - 1]);
    let is_over = last.is_end || at.duration_since(last.at) > SILENCE;
    let told = posts.iter().rev().find(|post| post.impact.is_some());
    let title = posts.iter().rev().map(|post| post.title.as_str()).find(|title| !title.is_empty());
    Incident {
        id: first.service.clone(),
        name: format!("{}: {}", first.service, title.unwrap_or("no title")),
        impact: told.and_then(|post| post.impact).unwrap_or(Impact::Unknown),
        raw_impact: told.and_then(|post| post.prefix).map(str::to_owned),
        phase: if is_over { Phase::Resolved } else { Phase::Investigating },
        started_at: None,
        // The first post in the feed may not be the first of the event.
        created_at: None,
        updated_at: Some(last.at),
        resolved_at: last.is_end.then_some(last.at),
        url: None,
        components: vec![first.service.clone()],
        updates: posts.into_iter().rev().map(|post| post.update).collect(),
    }
}
