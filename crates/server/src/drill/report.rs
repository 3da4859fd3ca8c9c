//! The report of a drill: what came of it, laid out for the picture, the table and the terminal.

use std::{collections::BTreeMap, time::Duration};

use domain::{Status, change::ChangeKind, prove::minutes, setup::Setup};
use formats::setup::Objects;
use jiff::{SignedDuration, Timestamp, ToSpan, tz::TimeZone};
use render::drill::{Figure, Lane, Mark, MarkKind, Report, Row, Segment};

use super::record::{Figures, Record};
use crate::replay::{Event, Message, What};

/// Provider lanes that are drawn; the others are in the table.
const MOST_PROVIDERS: usize = 8;

/// Rows of changes at providers; pages and words are never left out.
const MOST_CHANGES: usize = 400;

/// Shown before the first and after the last event.
const MARGIN: SignedDuration = SignedDuration::from_mins(5);

/// What is known of a drill besides what came of it.
pub(crate) struct Cover {
    pub(crate) title: String,
    pub(crate) story: String,
    pub(crate) facts: Vec<String>,
    pub(crate) time_zone: TimeZone,
}

/// Lays a record out.
pub(crate) fn report(cover: Cover, objects: &Objects, record: &Record) -> Report {
    let setup = &objects.setup;
    let at = |event: Option<&Event>| event.map_or(Timestamp::UNIX_EPOCH, |event| event.at);
    let last = record.words.last().map_or(Timestamp::MIN, |word| word.at);
    let from = at(record.events.first());
    let to = at(record.events.last()).max(last).checked_add(MARGIN).unwrap_or(Timestamp::MAX);
    let span = (from, to);
    let mut lanes = providers(objects, record, span);
    lanes.extend(services(setup, record, span));
    lanes.extend(people(setup, record, span));
    let (rows, left_out) = rows(record);
    let Cover { title, story, facts, time_zone } = cover;
    Report {
        title,
        story,
        facts,
        time_zone,
        from,
        to,
        figures: figures(&record.figures),
        lanes,
        rows,
        left_out,
    }
}

/// Returns the figures with their names.
fn figures(figures: &Figures) -> Vec<Figure> {
    let figure = |name: &str, value: String| Figure { name: name.to_owned(), value };
    let after = |span: Option<SignedDuration>| {
        span.map_or_else(|| "never".to_owned(), |span| minutes(Duration::try_from(span).unwrap_or_default()))
    };
    let all: usize = figures.pages.values().sum();
    let most = figures.most_in_ten_minutes.as_ref();
    let mut list = vec![
        figure("first page after the first trouble", after(figures.first_page_after)),
        figure("first person reached after", after(figures.first_human_after)),
        figure("pages", all.to_string()),
        figure(
            &most.map_or_else(
                || "most pages in 10 minutes".to_owned(),
                |(who, _)| format!("most pages in 10 minutes, {who}"),
            ),
            most.map_or(0, |(_, count)| *count).to_string(),
        ),
        figure("pages in somebody's own night", figures.sleep_interrupting.to_string()),
        figure("incidents", figures.incidents.to_string()),
        figure("texts that readers saw", figures.public_words.to_string()),
    ];
    list.extend(
        figures.pages.iter().map(|(who, count)| figure(&format!("pages to {who}"), count.to_string())),
    );
    list
}

/// A lane for each provider that was in trouble, by the worst of its components.
fn providers(objects: &Objects, record: &Record, span: (Timestamp, Timestamp)) -> Vec<Lane> {
    let mut components: BTreeMap<&str, BTreeMap<&str, Status>> = BTreeMap::new();
    let mut moves: BTreeMap<&str, Vec<(Timestamp, Status)>> = BTreeMap::new();
    for event in &record.events {
        let What::Change { provider, change } = &event.what else { continue };
        let is_status = matches!(change.kind, ChangeKind::ComponentChanged | ChangeKind::ComponentAdded);
        let status = change.to.as_deref().and_then(Status::from_word);
        if let (true, Some(status)) = (is_status, status) {
            let known = components.entry(provider).or_default();
            known.insert(&change.subject, status);
            let worst = known.values().copied().max().unwrap_or(Status::Unknown);
            moves.entry(provider).or_default().push((event.at, worst));
        }
    }
    let name = |slug: &str| {
        let known = objects.providers.iter().find(|provider| provider.slug == slug);
        known.map_or_else(|| slug.to_owned(), |provider| provider.name.clone())
    };
    let mut lanes: Vec<_> = moves
        .into_iter()
        .filter(|(_, moves)| moves.iter().any(|(_, status)| status.is_trouble()))
        .map(|(slug, moves)| lane(name(slug), "provider", &moves, span, Status::Operational))
        .collect();
    let more = lanes.len().saturating_sub(MOST_PROVIDERS);
    lanes.truncate(MOST_PROVIDERS);
    if let Some(last) = lanes.last_mut().filter(|_| more > 0) {
        last.kind = "provider; more are in the table";
    }
    lanes
}

/// A lane for each service that changed, and one for what the status pages show as a whole.
fn services(setup: &Setup, record: &Record, span: (Timestamp, Timestamp)) -> Vec<Lane> {
    let mut moves: BTreeMap<&str, Vec<(Timestamp, Status)>> = BTreeMap::new();
    let mut now: BTreeMap<&str, Status> = BTreeMap::new();
    let mut public = Vec::new();
    let groups = setup.status_pages.iter().flat_map(|page| &page.groups);
    let shown: Vec<_> =
        groups.flat_map(|group| &group.services).filter_map(|id| setup.service(*id)).collect();
    for event in &record.events {
        let What::Service { slug, to, .. } = &event.what else { continue };
        let status = Status::from_word(to).unwrap_or(Status::Unknown);
        moves.entry(slug).or_default().push((event.at, status));
        if shown.iter().any(|service| service.slug == *slug) {
            now.insert(slug, status);
            public.push((event.at, now.values().copied().max().unwrap_or(Status::Unknown)));
        }
    }
    let name = |slug: &str| {
        setup
            .services
            .iter()
            .find(|service| service.slug == slug)
            .map_or_else(|| slug.to_owned(), |service| service.name.clone())
    };
    let mut lanes: Vec<_> = moves
        .iter()
        .filter(|(_, moves)| moves.iter().any(|(_, status)| status.is_trouble()))
        .map(|(slug, moves)| lane(name(slug), "service", moves, span, Status::Unknown))
        .collect();
    if !shown.is_empty() {
        lanes.push(lane("Public status".to_owned(), "what readers see", &public, span, Status::Unknown));
    }
    lanes
}

/// A lane for each who was told something: people with their nights, channels without.
fn people(setup: &Setup, record: &Record, (from, to): (Timestamp, Timestamp)) -> Vec<Lane> {
    let mut marks: BTreeMap<&str, Vec<Mark>> = BTreeMap::new();
    for event in &record.events {
        match &event.what {
            What::Message(message) => {
                let kind =
                    if message.kind == domain::NoticeKind::Page { MarkKind::Page } else { MarkKind::Notice };
                let label = format!("{} by {} ({})", message.kind, message.contact, message.channel);
                marks.entry(&message.to).or_default().push(Mark { at: event.at, kind, label });
            }
            What::Incident { number, kind, detail, .. } if kind == "acknowledged" => {
                let who = setup
                    .users
                    .iter()
                    .find(|user| detail.contains(&user.name) || detail.contains(&user.email));
                if let Some(user) = who {
                    let label = format!("incident {number}");
                    marks.entry(&user.email).or_default().push(Mark {
                        at: event.at,
                        kind: MarkKind::Acknowledged,
                        label,
                    });
                }
            }
            What::Incident { .. } | What::Change { .. } | What::Service { .. } => {}
        }
    }
    marks
        .into_iter()
        .map(|(who, marks)| {
            let user = setup.user_by_email(who);
            Lane {
                name: who.to_owned(),
                kind: if user.is_some() { "person" } else { "channel" },
                segments: Vec::new(),
                marks,
                nights: user.map(|user| nights(&user.time_zone, from, to)).unwrap_or_default(),
            }
        })
        .collect()
}

/// The nights of a zone that overlap a span, clipped to it.
fn nights(zone: &TimeZone, from: Timestamp, to: Timestamp) -> Vec<(Timestamp, Timestamp)> {
    let Ok(first) = from.to_zoned(zone.clone()).date().yesterday() else { return Vec::new() };
    let night = |day: jiff::civil::Date| {
        let begin = day.at(22, 0, 0, 0).to_zoned(zone.clone()).ok()?.timestamp();
        let end = day.tomorrow().ok()?.at(7, 0, 0, 0).to_zoned(zone.clone()).ok()?.timestamp();
        Some((begin, end))
    };
    first
        .series(1.day())
        .map_while(night)
        .take_while(|(begin, _)| *begin < to)
        .map(|(begin, end)| (begin.max(from), end.min(to)))
        .filter(|(begin, end)| begin < end)
        .collect()
}

/// A lane of statuses from the instants at which they change.
fn lane(
    name: String,
    kind: &'static str,
    moves: &[(Timestamp, Status)],
    (from, to): (Timestamp, Timestamp),
    before: Status,
) -> Lane {
    let mut segments = vec![Segment { from, to, status: before }];
    for &(at, status) in moves {
        if let Some(last) = segments.last_mut().filter(|last| last.status != status) {
            last.to = at;
            segments.push(Segment { from: at, to, status });
        }
    }
    segments.retain(|segment| segment.from < segment.to);
    Lane { name, kind, segments, marks: Vec::new(), nights: Vec::new() }
}

/// Everything that happened as rows, in order, and how many changes at providers were left out.
fn rows(record: &Record) -> (Vec<Row>, usize) {
    let mut rows = Vec::new();
    let (mut changes, mut left_out) = (0, 0);
    for event in &record.events {
        if matches!(event.what, What::Change { .. }) {
            changes += 1;
            if changes > MOST_CHANGES {
                left_out += 1;
                continue;
            }
        }
        rows.push(row(event));
    }
    let words = record.words.iter().filter(|word| word.is_public);
    rows.extend(words.map(|word| Row {
        at: word.at,
        what: "public",
        who: format!("incident {}, {}", word.incident, word.phase),
        detail: one_line(&word.body),
    }));
    rows.sort_by_key(|row| row.at);
    (rows, left_out)
}

fn row(event: &Event) -> Row {
    let (what, who, detail) = match &event.what {
        What::Change { provider, change } => {
            let to = change.to.as_deref().map(|to| format!(": {}", to.replace('_', " "))).unwrap_or_default();
            let kind = change.kind.word().replace('_', " ");
            ("provider", provider.clone(), format!("{kind}, {}{to}", one_line(&change.name)))
        }
        What::Service { slug, from, to } => {
            ("service", slug.clone(), format!("{} → {}", from.replace('_', " "), to.replace('_', " ")))
        }
        What::Incident { number, title, kind, detail } => {
            let what = if kind == "acknowledged" { "acknowledged" } else { "incident" };
            let detail = one_line(if detail.is_empty() { title } else { detail });
            (what, format!("incident {number}"), format!("{}: {detail}", kind.replace('_', " ")))
        }
        What::Message(message) => (word(message), message.to.clone(), told(message)),
    };
    Row { at: event.at, what, who, detail }
}

fn word(message: &Message) -> &'static str {
    if message.kind == domain::NoticeKind::Page { "page" } else { "notice" }
}

fn told(message: &Message) -> String {
    let Message { incident, kind, contact, channel, round, step, reason, state, .. } = message;
    let place = if *step == 0 { String::new() } else { format!(", round {round} step {step}") };
    let kind = if word(message) == "page" { String::new() } else { format!("{kind}, ") };
    format!("{kind}incident {incident}, by {contact} ({channel}){place}, {reason}: {state}")
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
