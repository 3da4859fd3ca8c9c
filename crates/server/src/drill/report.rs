//! The report of a drill: what came of it, laid out for the picture, the table and the terminal.

use std::{collections::BTreeMap, time::Duration};

use domain::{
    Status,
    change::ChangeKind,
    delivery::{MOST_PAGES, STORM_WINDOW},
    prove::minutes,
    schedule::NIGHT,
    setup::Setup,
};
use formats::setup::Objects;
use jiff::{SignedDuration, Timestamp, ToSpan, tz::TimeZone};
use render::drill::{Figure, Lane, Mark, MarkKind, Report, Segment, Times};

use super::{
    record::{Figures, Record},
    rows::rows,
};
use crate::replay::{Event, What};

/// Provider lanes that are drawn; the others are in the table.
const MOST_PROVIDERS: usize = 8;

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
    let Cover { title, story, mut facts, time_zone } = cover;
    let times = Times::of(time_zone, from, to);
    facts.push(times.heading(from));
    let (rows, left_out) = rows(objects, record, &times);
    Report { title, story, facts, times, from, to, figures: figures(&record.figures), lanes, rows, left_out }
}

/// Returns the figures with their names.
fn figures(figures: &Figures) -> Vec<Figure> {
    let figure = |name: &str, value: String| Figure { name: name.to_owned(), value, note: String::new() };
    let after = |span: Option<SignedDuration>| match span {
        None => "never".to_owned(),
        Some(span) if span.is_zero() => "at once".to_owned(),
        Some(span) => minutes(Duration::try_from(span).unwrap_or_default()),
    };
    let all: usize = figures.pages.values().sum();
    let most = figures.most_in_ten_minutes.as_ref();
    let window = STORM_WINDOW.as_secs() / 60;
    let mut list = vec![
        figure("first page after the first trouble", after(figures.first_page_after)),
        figure("first person reached after", after(figures.first_human_after)),
        figure("pages", all.to_string()),
        Figure {
            name: match most {
                None => format!("most pages in {window} minutes"),
                Some((who, _)) => format!("most pages in {window} minutes, {who}"),
            },
            value: most.map_or(0, |(_, count)| *count).to_string(),
            note: storm(figures),
        },
        figure("pages in somebody's own night", figures.sleep_interrupting.to_string()),
        figure("incidents", figures.incidents.to_string()),
        figure("texts that readers saw", figures.public_words.to_string()),
    ];
    list.extend(
        figures.pages.iter().map(|(who, count)| figure(&format!("pages to {who}"), count.to_string())),
    );
    list
}

/// How many pages there were at once against the limit of a storm.
fn storm(figures: &Figures) -> String {
    let limit = format!("{MOST_PAGES} in {} minutes", STORM_WINDOW.as_secs() / 60);
    match (figures.incidents, figures.held) {
        (0 | 1, 0) => {
            format!(
                "as the policy says; the limit of {limit} is for several incidents that nobody has answered"
            )
        }
        (_, 0) => format!("the limit is {limit} while several incidents are unanswered; nothing had to wait"),
        (_, 1) => format!(
            "the limit is {limit} while several incidents are unanswered; 1 waited and was told later"
        ),
        (_, held) => {
            format!(
                "the limit is {limit} while several incidents are unanswered; {held} waited and were told in later ones"
            )
        }
    }
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
                let by = detail.strip_prefix("by ").unwrap_or_default();
                let by = by.split(", until ").next().unwrap_or_default();
                let who = setup.users.iter().find(|user| user.name == by);
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
        let begin = day.to_datetime(NIGHT.0).to_zoned(zone.clone()).ok()?.timestamp();
        let end = day.tomorrow().ok()?.to_datetime(NIGHT.1).to_zoned(zone.clone()).ok()?.timestamp();
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
