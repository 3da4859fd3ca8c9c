//! What a subscriber is told of a provider: the changes of a stretch, one line for each thing, the newest word about it.
//! What subscribers of our own pages are told stands below.

pub(crate) mod page;

use std::collections::HashSet;

use domain::{
    Impact, Status,
    change::Change,
    knowledge::Knowledge,
    provider::Provider,
    snapshot::Update,
    subscription::{Choice, Topic, TopicKind},
};
use formats::messages::{Item, ItemKind};

/// Things told in one message; a provider that changes more at once has a page.
const MOST_ITEMS: usize = 20;

/// Returns what a choice wants of these changes, which are in order, and how much more there would be.
#[must_use]
pub(crate) fn items(
    provider: &Provider,
    knowledge: &Knowledge,
    changes: &[Change],
    choice: &Choice,
    public_url: &str,
) -> (Vec<Item>, usize) {
    let base = format!("{public_url}{}", provider.path());
    let mut seen = HashSet::new();
    let mut items: Vec<Item> = Vec::new();
    for change in changes.iter().rev() {
        let Some(topic) = Topic::of(change, knowledge) else { continue };
        if !seen.insert((rank(topic.kind), change.subject.as_str())) {
            continue;
        }
        let first = first_of(changes, change, topic.kind, knowledge);
        // Back where it was before anybody was told.
        let is_undone = topic.kind == TopicKind::Component && first.from == change.to;
        let is_wanted = changes
            .iter()
            .filter(|other| other.subject == change.subject)
            .filter_map(|other| Topic::of(other, knowledge))
            .any(|topic| choice.wants(&topic));
        if is_wanted && !is_undone {
            items.push(item(change, first, &topic, knowledge, &base));
        }
    }
    items.sort_by_key(|item| match item.kind {
        ItemKind::Incident => 0,
        ItemKind::Component => 1,
        ItemKind::Maintenance => 2,
    });
    let more = items.len().saturating_sub(MOST_ITEMS);
    items.truncate(MOST_ITEMS);
    (items, more)
}

const fn rank(kind: TopicKind) -> u8 {
    match kind {
        TopicKind::Component => 0,
        TopicKind::Incident | TopicKind::Postmortem => 1,
        TopicKind::Maintenance => 2,
    }
}

/// Returns the first of the changes about the same thing.
fn first_of<'a>(changes: &'a [Change], of: &'a Change, kind: TopicKind, knowledge: &Knowledge) -> &'a Change {
    let is_same = |change: &&Change| {
        change.subject == of.subject && Topic::of(change, knowledge).is_some_and(|topic| topic.kind == kind)
    };
    changes.iter().find(is_same).unwrap_or(of)
}

fn item(last: &Change, first: &Change, topic: &Topic, knowledge: &Knowledge, base: &str) -> Item {
    let name = |id: &String| {
        let known = knowledge.components.iter().find(|known| known.component.id == *id)?;
        Some(known.component.name.clone())
    };
    let plain = Item {
        kind: ItemKind::Component,
        event: last.kind,
        id: last.subject.clone(),
        name: last.name.clone(),
        from: first.from.clone(),
        status: last.to.clone(),
        impact: None,
        components: Vec::new(),
        at: last.at,
        planned: None,
        said: None,
        url: None,
    };
    let segment = render::segment(&last.subject);
    match topic.kind {
        TopicKind::Component => Item {
            // A word of ours, whatever stands in the log.
            status: last.to.as_deref().and_then(Status::from_word).map(|status| status.word().to_owned()),
            ..plain
        },
        TopicKind::Incident | TopicKind::Postmortem => {
            let known = knowledge.incidents.iter().find(|known| known.incident.id == last.subject);
            let incident = known.map(|known| &known.incident);
            Item {
                kind: ItemKind::Incident,
                name: incident.map_or(plain.name, |incident| incident.name.clone()),
                status: incident.map(|incident| incident.phase.word().to_owned()),
                impact: incident.map(|incident| incident.impact).filter(|impact| *impact != Impact::Unknown),
                components: topic.components.iter().filter_map(name).collect(),
                said: incident.and_then(|incident| said(&incident.updates)),
                url: Some(format!("{base}/incidents/{segment}")),
                ..plain
            }
        }
        TopicKind::Maintenance => {
            let known = knowledge.maintenances.iter().find(|known| known.maintenance.id == last.subject);
            let work = known.map(|known| &known.maintenance);
            Item {
                kind: ItemKind::Maintenance,
                name: work.map_or(plain.name, |work| work.name.clone()),
                status: work.map(|work| work.status.word().to_owned()),
                components: topic.components.iter().filter_map(name).collect(),
                planned: work.and_then(|work| Some((work.starts_at?, work.ends_at))),
                said: work.and_then(|work| said(&work.updates)),
                url: Some(format!("{base}/maintenance/{segment}")),
                ..plain
            }
        }
    }
}

/// The newest words; knowledge has them first.
fn said(updates: &[Update]) -> Option<String> {
    updates.first().map(|update| update.body.clone()).filter(|body| !body.trim().is_empty())
}
