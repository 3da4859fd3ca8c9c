//! The eight files of Statuspage's public API, in its own form: names, order of fields, `null` where it has `null`, times
//! in milliseconds and UTC. Programs that read Atlassian's pages read these.
//!
//! Three things it can't say are said in our own words (see the crate's head): `unknown`, `cancelled`, and the indicator
//! `unknown` with the description *No reading*. What it demands and we don't have (when a component was made) is the
//! earliest instant we know of.

mod records;

use std::borrow::Cow;

use domain::Status;
use jiff::Timestamp;
use serde::Serialize;

use crate::{
    links::segment,
    page::{JSON, Page},
    rows::sentence,
    verdict::Verdict,
    view::{Board, ComponentView},
    words::millis,
};
use records::{Incident, incident, work};

/// Incidents and maintenances in one list, as at Statuspage.
const WINDOW: usize = 50;

#[derive(Serialize)]
struct PageHead<'a> {
    id: &'a str,
    name: &'a str,
    url: &'a str,
    time_zone: &'static str,
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
    start_date: Option<&'a str>,
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

/// Returns the eight files.
pub(crate) fn pages(board: &Board, verdict: &Verdict) -> Vec<Page> {
    let components = components(board);
    let open = || Some(board.open.iter().map(|one| incident(one, board, &components)).collect());
    let recent = board.open.iter().chain(&board.past).take(WINDOW);
    let recent = Some(recent.map(|one| incident(one, board, &components)).collect());
    let works = |wanted: fn(domain::MaintenanceStatus) -> bool| {
        let some = board.maintenances.iter().filter(|one| wanted(one.status)).take(WINDOW);
        Some(some.map(|one| work(one, board, &components)).collect())
    };
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
        scheduled_maintenances: works(|status| !status.is_over()),
        status: Some(overall(verdict)),
        ..bare()
    };
    let files = [
        ("status", Document { status: Some(overall(verdict)), ..bare() }),
        ("summary", summary),
        ("components", Document { components: listed, ..bare() }),
        ("incidents", Document { incidents: recent, ..bare() }),
        ("incidents/unresolved", Document { incidents: open(), ..bare() }),
        ("scheduled-maintenances", Document { scheduled_maintenances: works(|_| true), ..bare() }),
        (
            "scheduled-maintenances/upcoming",
            Document {
                scheduled_maintenances: works(|status| !status.is_active() && !status.is_over()),
                ..bare()
            },
        ),
        (
            "scheduled-maintenances/active",
            Document { scheduled_maintenances: works(|status| status.is_active()), ..bare() },
        ),
    ];
    let page = |(name, document): (&str, Document<'_>)| {
        Page::text(board.place.path(&format!("api/v2/{name}.json")), JSON, json(&document))
    };
    files.into_iter().map(page).collect()
}

/// Returns the JSON of a value, with `<` escaped so that it can stand inside HTML too.
pub(crate) fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("string keys and finite numbers only").replace('<', "\\u003c")
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
        time_zone: "Etc/UTC",
        updated_at: millis(changed_at(board)),
    }
}

/// The indicator goes by the components, as at Statuspage; the words don't deny an open incident.
fn overall(verdict: &Verdict) -> Overall<'_> {
    let (indicator, description) = match verdict.status {
        Status::Unknown => ("unknown", verdict.word),
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
        all.push(Component {
            id,
            name,
            status: crate::worst(run).word(),
            group_id: None,
            group: true,
            position,
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
    let since = millis(view.since.unwrap_or_else(|| changed_at(board)));
    Component {
        id: view.id.clone(),
        name: &view.name,
        status: view.status.word(),
        created_at: since.clone(),
        updated_at: since,
        position,
        description: view.reason.as_ref().map(|why| sentence(why, board.as_of, board.words()).plain()),
        showcase: true,
        start_date: None,
        group_id,
        page_id: &board.id,
        group: false,
        only_show_if_degraded: false,
        components: None,
    }
}
