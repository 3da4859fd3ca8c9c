//! The eight files of Statuspage's public API, in its own form: names, order of fields, `null` where it has `null`, times
//! in milliseconds and UTC. Programs that read Atlassian's pages read these.
//!
//! Three things it can't say are said in our own words (see the crate's head): `unknown`, `cancelled`, and the indicator
//! `unknown` with the description *No reading*. What it demands and we don't have (when a component was made) is the
//! earliest instant we know of. Texts of its own vocabulary are English whatever the page speaks, as programs compare them;
//! instants are in UTC, whatever the zone that the head names.

mod records;

use std::{borrow::Cow, io};

use domain::{MaintenanceStatus, Status};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{
    Serializer,
    ser::{CharEscape, CompactFormatter, Formatter},
};

use crate::{
    links::segment,
    page::{JSON, Page},
    rows::sentence,
    show::UNSTATED,
    verdict::Verdict,
    view::{Board, ComponentView},
    words::{Words, millis},
};
use records::{Incident, Records};

/// Incidents and maintenances in one list, as at Statuspage.
const WINDOW: usize = 50;

#[derive(Serialize)]
struct PageHead<'a> {
    id: &'a str,
    name: &'a str,
    url: &'a str,
    time_zone: &'a str,
    updated_at: String,
}

#[derive(Serialize)]
struct Overall<'a> {
    indicator: &'static str,
    description: Cow<'a, str>,
}

/// A leaf or, with `components`, a group.
#[derive(Clone, Serialize)]
struct Component<'a> {
    id: String,
    name: &'a str,
    status: &'static str,
    created_at: String,
    updated_at: String,
    position: usize,
    description: Option<String>,
    showcase: bool,
    start_date: Option<String>,
    group_id: Option<String>,
    page_id: &'a str,
    group: bool,
    only_show_if_degraded: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    components: Option<Vec<String>>,
}

#[derive(Serialize)]
struct Document<'a> {
    page: PageHead<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    components: Option<&'a [Component<'a>]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    incidents: Option<Vec<Incident<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scheduled_maintenances: Option<Vec<Incident<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Overall<'a>>,
}

/// Where the short link of a record leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shortlink {
    /// To its page here: the page is the reporter's own.
    Here,
    /// To its page at the reporter, where there is one: the page tells what somebody else reports.
    There,
}

/// Returns the eight files.
pub(crate) fn pages(board: &Board, verdict: &Verdict, shortlink: Shortlink) -> Vec<Page> {
    let components = components(board);
    let records = Records { board, components: &components, shortlink };
    let open = || Some(records.incidents(board.open.iter()));
    let recent = Some(records.incidents(board.open.iter().chain(&board.past)));
    let ahead = |wanted: fn(MaintenanceStatus) -> bool| Some(records.ahead(wanted));
    let bare = || Document {
        page: head(board),
        components: None,
        incidents: None,
        scheduled_maintenances: None,
        status: None,
    };
    let listed = Some(components.as_slice());
    let summary = Document {
        components: listed,
        incidents: open(),
        scheduled_maintenances: ahead(|status| !status.is_over()),
        status: Some(overall(verdict)),
        ..bare()
    };
    let files = [
        ("status", Document { status: Some(overall(verdict)), ..bare() }),
        ("summary", summary),
        ("components", Document { components: listed, ..bare() }),
        ("incidents", Document { incidents: recent, ..bare() }),
        ("incidents/unresolved", Document { incidents: open(), ..bare() }),
        ("scheduled-maintenances", Document { scheduled_maintenances: Some(records.works()), ..bare() }),
        (
            "scheduled-maintenances/upcoming",
            Document {
                scheduled_maintenances: ahead(|status| !status.is_active() && !status.is_over()),
                ..bare()
            },
        ),
        (
            "scheduled-maintenances/active",
            Document { scheduled_maintenances: ahead(MaintenanceStatus::is_active), ..bare() },
        ),
    ];
    let page = |(name, document): (&str, Document<'_>)| {
        Page::text(board.place.path(&format!("api/v2/{name}.json")), JSON, json(&document))
    };
    files.into_iter().map(page).collect()
}

/// Returns the JSON of a value, with `<` escaped so that it can stand inside HTML too.
pub(crate) fn json(value: &impl Serialize) -> String {
    let mut out = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut out, Printable);
    value.serialize(&mut serializer).expect("string keys and finite numbers only");
    String::from_utf8(out).expect("JSON is text").replace('<', "\\u003c")
}

/// Leaves out the control characters that no text may carry, which escaped would pass for others.
struct Printable;

impl Formatter for Printable {
    fn write_char_escape<W: ?Sized + io::Write>(
        &mut self,
        out: &mut W,
        escape: CharEscape,
    ) -> io::Result<()> {
        match escape {
            CharEscape::Backspace | CharEscape::FormFeed | CharEscape::AsciiControl(_) => Ok(()),
            CharEscape::Quote
            | CharEscape::ReverseSolidus
            | CharEscape::Solidus
            | CharEscape::LineFeed
            | CharEscape::CarriageReturn
            | CharEscape::Tab => CompactFormatter.write_char_escape(out, escape),
        }
    }
}

/// Returns when anything on the board last changed, which unlike `as_of` doesn't tick by itself.
pub(crate) fn changed_at(board: &Board) -> Timestamp {
    let incidents = board.open.iter().chain(&board.past).map(crate::view::IncidentView::changed_at);
    let works = board.maintenances.iter().map(crate::view::MaintenanceView::changed_at);
    let states = board.components.iter().filter_map(|component| component.since);
    incidents.chain(works).chain(states).filter(|at| *at <= board.as_of).max().unwrap_or(board.as_of)
}

fn head(board: &Board) -> PageHead<'_> {
    PageHead {
        id: &board.id,
        name: &board.title,
        url: &board.place.public_url,
        time_zone: board.voice.time_zone.iana_name().filter(|name| *name != "UTC").unwrap_or("Etc/UTC"),
        updated_at: millis(changed_at(board)),
    }
}

/// The indicator goes by the components, as at Statuspage; the words don't deny an open incident.
fn overall(verdict: &Verdict) -> Overall<'_> {
    let (indicator, description) = match verdict.status {
        Status::Unknown if verdict.word == UNSTATED => ("unknown", UNSTATED),
        Status::Unknown => ("unknown", Words::english().status(Status::Unknown)),
        Status::Operational => ("none", "All Systems Operational"),
        Status::UnderMaintenance => ("maintenance", "Service Under Maintenance"),
        Status::DegradedPerformance => ("minor", "Partially Degraded Service"),
        Status::PartialOutage => ("major", "Partial System Outage"),
        Status::MajorOutage => ("critical", "Major Service Outage"),
    };
    let description =
        if verdict.open.is_some() { verdict.headline.plain().into() } else { description.into() };
    Overall { indicator, description }
}

/// Groups stand before their children; positions count within a level, as at Statuspage.
fn components(board: &Board) -> Vec<Component<'_>> {
    let mut all = Vec::with_capacity(board.components.len());
    let mut position = 0;
    for run in board.components.chunk_by(|a, b| a.group.is_some() && a.group == b.group) {
        position += 1;
        let Some(name) = run[0].group.as_deref() else {
            all.push(leaf(board, &run[0], position, None));
            continue;
        };
        let id = segment(&format!("group:{name}")).into_owned();
        let children =
            run.iter().enumerate().map(|(index, child)| leaf(board, child, index + 1, Some(id.clone())));
        let children: Vec<Component<'_>> = children.collect();
        let newest = run.iter().filter_map(|child| child.since).max();
        let oldest = run.iter().map(|child| made_at(board, child)).min();
        all.push(Component {
            id,
            name,
            status: crate::worst(run).word(),
            group_id: None,
            group: true,
            position,
            description: board.chrome.headings.get(name).cloned(),
            start_date: None,
            created_at: millis(oldest.unwrap_or_else(|| changed_at(board))),
            components: Some(run.iter().map(|child| child.id.clone()).collect()),
            updated_at: millis(newest.unwrap_or_else(|| changed_at(board))),
            ..children[0].clone()
        });
        all.extend(children);
    }
    all
}

fn leaf<'a>(
    board: &'a Board,
    view: &'a ComponentView,
    position: usize,
    group_id: Option<String>,
) -> Component<'a> {
    Component {
        id: view.id.clone(),
        name: &view.name,
        status: view.status.word(),
        created_at: millis(made_at(board, view)),
        updated_at: millis(view.since.unwrap_or_else(|| changed_at(board))),
        position,
        description: described(board, view),
        showcase: true,
        start_date: view.first_known_at.map(|at| at.strftime("%Y-%m-%d").to_string()),
        group_id,
        page_id: &board.id,
        group: false,
        only_show_if_degraded: false,
        components: None,
    }
}

/// Returns what a component is and, while there is something to say of it, why it is as it is.
fn described(board: &Board, view: &ComponentView) -> Option<String> {
    let why = view.reason.as_ref().map(|why| sentence(why, board.as_of, board.words()).plain());
    let said: Vec<String> = view.description.clone().into_iter().chain(why).collect();
    (!said.is_empty()).then(|| said.join(" — "))
}

/// Returns the earliest instant at which a component is known.
fn made_at(board: &Board, view: &ComponentView) -> Timestamp {
    let known = view.first_known_at.into_iter().chain(view.since).min();
    known.unwrap_or_else(|| changed_at(board))
}
