//! One story for the gallery and the tests: Commerce Layer in trouble, and the status page of a shop that depends on it.

use std::time::Duration;

use domain::{
    Impact, Language, MaintenanceStatus, Phase, SourceHealth, Status,
    public::{Said, Tongues},
};
use jiff::{Timestamp, ToSpan, tz::TimeZone};

use super::view::{
    Board, Chrome, Claim, ComponentRef, ComponentView, DayCell, Edit, IncidentView, MaintenanceView, Note,
    OwnView, Place, ProviderView, Reason, Source, StatusPageView, UpdateView, Uptime, Voice,
};

#[path = "history.rs"]
mod history;
#[path = "lists.rs"]
mod lists;
#[path = "roster.rs"]
mod roster;

pub(crate) use lists::{directory, found};
pub(crate) use roster::roster;

/// The instant of the story.
pub(crate) const AS_OF: &str = "2025-12-02T09:22:26Z";

/// Commerce Layer while Checkout and Commerce API fail.
pub(crate) fn commerce_layer() -> ProviderView {
    let base = "/directory/e-commerce-marketplaces/commerce-layer";
    let mut components = vec![
        component("api", "Commerce API", Status::PartialOutage),
        component("checkout", "Checkout", Status::MajorOutage),
        component("dashboard", "Dashboard", Status::Operational),
        component("docs", "Documentation", Status::Operational),
        component("metrics", "Metrics API", Status::Operational),
        component("stream", "Stream Hub", Status::Operational),
    ];
    mark(&mut components[0], 0, Status::PartialOutage, 18, &["Elevated errors on order placement"]);
    mark(&mut components[1], 0, Status::MajorOutage, 18, &["Elevated errors on order placement"]);
    let cdn = "Dashboard affected by the outage of a third-party CDN";
    mark(&mut components[2], 14, Status::PartialOutage, 346, &[cdn]);
    mark(&mut components[2], 13, Status::DegradedPerformance, 70, &[cdn]);
    mark(&mut components[5], 40, Status::UnderMaintenance, 45, &[]);
    ProviderView {
        board: Board {
            place: place(base, &format!("https://midwatch.example{base}")),
            voice: Voice::default(),
            chrome: Chrome::default(),
            id: "commerce-layer".to_owned(),
            title: "Commerce Layer".to_owned(),
            components,
            open: vec![order_placement()],
            past: vec![cdn_outage(), mixed_sessions(), vanished_switch(), stuck_upgrade(), pool_timeouts()],
            maintenances: vec![planned_upgrade()],
            uptime: Some(uptime(2953)),
            as_of: at(AS_OF),
        },
        status: Status::MajorOutage,
        since: Some(at("2025-12-02T09:04:00Z")),
        since_is_first_reading: false,
        claim: Some(Claim {
            status: Status::PartialOutage,
            headline: Some("Partial System Outage".to_owned()),
            raw: "major".to_owned(),
        }),
        source: Source {
            health: SourceHealth::Fresh,
            last_read_at: Some(at("2025-12-02T09:22:14Z")),
            reason: None,
        },
        category: "E-commerce & Marketplaces".to_owned(),
        category_path: "/directory/e-commerce-marketplaces".to_owned(),
        platform: Some("Atlassian Statuspage".to_owned()),
        official_url: Some("https://status.commercelayer.io".to_owned()),
        feed_url: Some("https://status.commercelayer.io/api/v2/summary.json".to_owned()),
        siblings: lists::shops(),
        upstreams: vec![lists::provider_line("Fastly", "cdn", Status::Operational, SourceHealth::Fresh)],
        downstreams: Vec::new(),
        interval: Duration::from_secs(60),
        notes: Vec::new(),
        homepage: Some("https://commercelayer.io".to_owned()),
    }
}

/// The same provider when its page answers 503 since 08:40.
pub(crate) fn unreadable() -> ProviderView {
    let mut view = commerce_layer();
    view.board.open.clear();
    for component in &mut view.board.components {
        component.status = Status::Operational;
    }
    view.status = Status::Operational;
    view.source = Source {
        health: SourceHealth::Unreadable,
        last_read_at: Some(at("2025-12-02T08:40:00Z")),
        reason: Some("HTTP 503".to_owned()),
    };
    view.claim = None;
    view
}

/// The shop's status page, with one service that has no reading.
pub(crate) fn acme() -> StatusPageView {
    let provider = "/directory/e-commerce-marketplaces/commerce-layer";
    let mut checkout = component("checkout", "Checkout", Status::PartialOutage);
    mark(&mut checkout, 0, Status::PartialOutage, 17, &["Checkout: partial outage at Commerce Layer"]);
    checkout.reason =
        Some(Reason::CausedBy(Note { text: "Commerce Layer".to_owned(), link: Some(provider.to_owned()) }));
    let mut search = component("search", "Search", Status::Unknown);
    search.days.truncate(89);
    search.days.remove(0);
    let mut components = vec![checkout, component("cart", "Cart", Status::Operational), search];
    for shop in &mut components {
        shop.group = Some("Shop".to_owned());
    }
    components.push(ComponentView {
        group: Some("Back office".to_owned()),
        ..component("orders", "Order desk", Status::Operational)
    });
    let open = IncidentView {
        cause: Some(Note {
            text: "Commerce Layer: Elevated errors on order placement".to_owned(),
            link: Some(format!("{provider}/incidents/8vh2kq0l9zxc")),
        }),
        next_update_at: Some(at("2025-12-02T09:40:00Z")),
        ..incident("41", "Checkout: partial outage at Commerce Layer", Impact::Major, Phase::Identified)
            .times("2025-12-02T09:05:10Z", "2025-12-02T09:05:11Z", None)
            .affects(&[("checkout", "Checkout")])
            .says("identified", "2025-12-02T09:05:11Z", "Some orders fail at payment. The cause is known to be at Commerce Layer, whose teams are at work. Carts are kept.")
            .0
    };
    let past = incident("40", "Slow search", Impact::Minor, Phase::Resolved)
        .times("2025-11-27T14:02:00Z", "2025-11-27T14:05:00Z", Some("2025-11-27T14:41:00Z"))
        .affects(&[("search", "Search")])
        .says("resolved", "2025-11-27T14:41:00Z", "Search answers as fast as usual again.")
        .says("investigating", "2025-11-27T14:05:00Z", "Search takes several seconds for some queries.")
        .0;
    StatusPageView {
        board: Board {
            place: place("/status/acme", "https://status.acme.example"),
            voice: Voice::default(),
            chrome: Chrome::default(),
            id: "acme".to_owned(),
            title: "Acme Status".to_owned(),
            components,
            open: vec![open],
            past: vec![past],
            maintenances: vec![planned_upgrade()],
            uptime: Some(uptime(1020)),
            as_of: at(AS_OF),
        },
        other_languages: vec![Language::Italian, Language::German, Language::Arabic],
        history: history::history(),
    }
}

/// Reads an instant.
pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().expect("the story's instants are well-formed")
}

fn place(base_path: &str, public_url: &str) -> Place {
    Place {
        base_path: base_path.to_owned(),
        public_url: public_url.to_owned(),
        events: Some(format!("{base_path}/events")),
    }
}

fn component(id: &str, name: &str, status: Status) -> ComponentView {
    let today = at(AS_OF).to_zoned(TimeZone::UTC).date();
    let day = |back: i64| DayCell {
        date: today.saturating_sub(back.days()),
        worst: Status::Operational,
        down_minutes: 0,
        degraded_minutes: 0,
        maintenance_minutes: 0,
        unknown_minutes: 0,
        incidents: Vec::new(),
    };
    ComponentView {
        id: id.to_owned(),
        name: name.to_owned(),
        description: None,
        group: None,
        status,
        stated: None,
        since: Some(at(if status == Status::Unknown {
            "2025-12-02T08:40:00Z"
        } else {
            "2025-12-02T09:04:00Z"
        })),
        first_known_at: Some(at("2025-03-01T12:00:00Z")),
        since_is_first_reading: false,
        days: (0..90).rev().map(day).collect(),
        uptime: Some(uptime(1080)),
        is_third_party: false,
        reason: None,
    }
}

fn mark(component: &mut ComponentView, back: usize, worst: Status, minutes: u32, incidents: &[&str]) {
    let index = component.days.len() - 1 - back;
    let day = &mut component.days[index];
    day.worst = worst;
    day.incidents = incidents.iter().map(|title| Said::by_a_person(*title)).collect();
    match worst {
        Status::PartialOutage | Status::MajorOutage => day.down_minutes = minutes,
        Status::DegradedPerformance => day.degraded_minutes = minutes,
        Status::UnderMaintenance => day.maintenance_minutes = minutes,
        Status::Unknown => day.unknown_minutes = minutes,
        Status::Operational => {}
    }
}

fn uptime(down_seconds: u64) -> Uptime {
    Uptime {
        window: Duration::from_secs(90 * 86_400),
        down: Duration::from_secs(down_seconds),
        maintenance: Duration::from_secs(45 * 60),
        unknown: Duration::from_secs(3 * 3600),
    }
}

/// An incident in the making.
struct Tale(IncidentView);

fn incident(id: &str, title: &str, impact: Impact, phase: Phase) -> Tale {
    Tale(IncidentView {
        id: id.to_owned(),
        title: title.to_owned(),
        impact,
        phase,
        started_at: None,
        posted_at: None,
        first_seen_at: at("2025-12-01T00:00:00Z"),
        resolved_at: None,
        components: Vec::new(),
        updates: Vec::new(),
        official_url: Some(format!("https://status.commercelayer.io/incidents/{id}")),
        cause: None,
        next_update_at: None,
        own: OwnView::default(),
    })
}

impl Tale {
    fn times(mut self, started: &str, posted: &str, resolved: Option<&str>) -> Self {
        self.0.started_at = Some(at(started));
        self.0.posted_at = Some(at(posted));
        self.0.first_seen_at = at(posted);
        self.0.resolved_at = resolved.map(at);
        self
    }

    fn affects(mut self, components: &[(&str, &str)]) -> Self {
        let named =
            |(id, name): &(&str, &str)| ComponentRef { id: (*id).to_owned(), name: (*name).to_owned() };
        self.0.components = components.iter().map(named).collect();
        self
    }

    fn says(mut self, word: &str, when: &str, body: &str) -> Self {
        self.0.updates.push(UpdateView {
            id: format!("{}-{}", self.0.id, self.0.updates.len()),
            word: word.to_owned(),
            body: body.to_owned(),
            tongues: Tongues::default(),
            at: Some(at(when)),
            edited: None,
            turns: Vec::new(),
        });
        self
    }

    /// The last update said this before.
    fn edited(mut self, when: &str, before: &str) -> Self {
        let edit = Edit { at: at(when), before: Some(before.to_owned()) };
        self.0.updates.iter_mut().last().expect("there is one").edited = Some(edit);
        self
    }
}

const SHOP: &[(&str, &str)] = &[("checkout", "Checkout"), ("api", "Commerce API")];

fn order_placement() -> IncidentView {
    incident("8vh2kq0l9zxc", "Elevated errors on order placement", Impact::Major, Phase::Identified)
        .times("2025-12-02T09:04:00Z", "2025-12-02T09:10:00Z", None)
        .affects(SHOP)
        .says(
            "identified",
            "2025-12-02T09:18:00Z",
            "A connection pool refuses new sessions; capacity is being added.",
        )
        .edited("2025-12-02T09:18:00Z", "A connection pool refuses sessions.")
        .says(
            "investigating",
            "2025-12-02T09:10:00Z",
            "Some orders fail at checkout. Affects Checkout and Commerce API.",
        )
        .0
}

fn cdn_outage() -> IncidentView {
    incident(
        "k9y4x3h885d6",
        "Dashboard affected by the outage of a third-party CDN",
        Impact::Minor,
        Phase::Resolved,
    )
    .times("2025-11-18T11:34:00Z", "2025-11-18T11:52:00Z", Some("2025-11-19T08:10:00Z"))
    .affects(&[("dashboard", "Dashboard")])
    .says("resolved", "2025-11-19T08:10:00Z", "This incident has been resolved.")
    .says(
        "monitoring",
        "2025-11-18T17:20:00Z",
        "The CDN answers again; pages load. We keep watching through the night.",
    )
    .says(
        "identified",
        "2025-11-18T12:15:00Z",
        "The cause is an outage at our CDN. The APIs don't pass through it and work.",
    )
    .says("investigating", "2025-11-18T11:52:00Z", "The dashboard does not load for part of our customers.")
    .0
}

fn mixed_sessions() -> IncidentView {
    incident("3nd7wq1m0fzk", "Incident report", Impact::Major, Phase::Postmortem)
        .times("2025-05-23T05:50:00Z", "2025-05-23T06:56:00Z", Some("2025-05-23T07:03:00Z"))
        .affects(SHOP)
        .says("postmortem", "2025-05-26T15:00:00Z", MIXED_SESSIONS)
        .says("resolved", "2025-05-23T07:03:00Z", "The earlier version is back and the caches are purged.")
        .says("identified", "2025-05-23T06:56:00Z", "A release of this morning is being rolled back. Some carts show wrong content; please don't retry orders.")
        .0
}

fn vanished_switch() -> IncidentView {
    incident("c0t5pv2x7gqs", "Fix has been applied – monitoring", Impact::None, Phase::Resolved)
        .times("2024-10-01T13:20:00Z", "2024-10-01T13:24:00Z", Some("2024-10-01T15:02:00Z"))
        .affects(&[("dashboard", "Dashboard")])
        .says("resolved", "2024-10-01T15:02:00Z", "The switch between test and live is back for everyone.")
        .says(
            "monitoring",
            "2024-10-01T13:24:00Z",
            "The switch between test and live had vanished from the dashboard. A fix has been applied.",
        )
        .0
}

fn stuck_upgrade() -> IncidentView {
    incident("5jf8dl4r1whb", "API/Dashboard/Applications back to normal", Impact::Critical, Phase::Postmortem)
        .times("2024-04-09T06:45:00Z", "2024-04-09T07:05:00Z", Some("2024-04-09T08:55:00Z"))
        .affects(&[("api", "Commerce API"), ("dashboard", "Dashboard")])
        .says("postmortem", "2024-04-12T10:00:00Z", STUCK_UPGRADE)
        .says("resolved", "2024-04-09T08:55:00Z", "All calls are answered again.")
        .says("identified", "2024-04-09T07:05:00Z", "A database upgrade inside the announced window is stuck; calls to the core API fail. Cached reads work.")
        .0
}

fn pool_timeouts() -> IncidentView {
    incident("z2m6ya9c3tke", "Partial Outage", Impact::Minor, Phase::Postmortem)
        .times("2024-03-26T05:45:00Z", "2024-03-26T06:30:00Z", Some("2024-03-26T09:40:00Z"))
        .affects(&[("api", "Commerce API"), ("dashboard", "Dashboard")])
        .says("postmortem", "2024-03-29T09:00:00Z", POOL_TIMEOUTS)
        .says("resolved", "2024-03-26T09:40:00Z", "The second wave is over as well.")
        .says("investigating", "2024-03-26T09:12:00Z", "Errors are rising again since 09:10 UTC.")
        .says(
            "monitoring",
            "2024-03-26T07:00:00Z",
            "Error rates are back to normal after a restart of the pool.",
        )
        .says("investigating", "2024-03-26T06:30:00Z", "About three in ten calls fail since 05:45 UTC.")
        .0
}

fn planned_upgrade() -> MaintenanceView {
    MaintenanceView {
        id: "n4u8rb6q2yvd".to_owned(),
        title: "Upgrade of the search cluster".to_owned(),
        status: MaintenanceStatus::Scheduled,
        starts_at: Some(at("2025-12-06T04:00:00Z")),
        ends_at: Some(at("2025-12-06T05:30:00Z")),
        first_seen_at: at("2025-11-29T10:00:00Z"),
        components: vec![ComponentRef { id: "metrics".to_owned(), name: "Metrics API".to_owned() }],
        updates: vec![UpdateView {
            id: "n4u8rb6q2yvd-0".to_owned(),
            word: "scheduled".to_owned(),
            body: "Queries may take longer for a few minutes. Nothing is lost.".to_owned(),
            tongues: Tongues::default(),
            at: Some(at("2025-11-29T10:00:00Z")),
            edited: None,
            turns: Vec::new(),
        }],
        official_url: None,
        provider: None,
    }
}

const MIXED_SESSIONS: &str = r"# Summary

For 73 minutes some sessions received data of **another session**; adding to cart and placing orders failed for some.

# Leadup

A library that wraps requests was upgraded at 05:48 UTC.

# Fault

The new version kept state between requests. Some orders were stored without `approved\_at` and `placed\_at`.

# Detection

An operator saw an anomaly on a dashboard minutes after the release; the first tickets came at 06:20 UTC.

# Root Cause

State that should live for one request lived as long as its process.

# Mitigation and resolution

- Rolled back to the version of the day before
- Purged the part of the CDN that may have held mixed answers

# Corrective and Preventative Measures

1. A canary that compares two sessions on every release
2. A shorter life for cached answers to signed-in users
";

const STUCK_UPGRADE: &str = r"# Summary

An upgrade of the database stuck inside its maintenance window. All calls to the core API failed for 2 h 10 min; cached reads went on.

# Leadup

The upgrade began at 06:39 UTC in the announced window.

# Fault

At 06:45 UTC the upgrade stopped moving. The safeguard of five minutes did not fire and *cancel* was disabled.

# Detection

At once, by the team that watched the upgrade.

# Root Cause

The instance waited for a lock that its own supervision held.

# Mitigation and resolution

A restore from backup ran beside the attempt to free the lock; the lock came free first.

# Corrective and Preventative Measures

- Post at once when a window is worse than announced
- Rehearse each upgrade on a copy of the same size
";

const POOL_TIMEOUTS: &str = r"# Summary

About 30 % of the calls to API and dashboard failed from 05:45 to 07:00 UTC, and again, more mildly, from 09:10 to 09:40 UTC.

# Leadup

Traffic rose as on any morning.

# Fault

The pool could not give out connections while certain time-outs were pending.

# Detection

The first error was at 05:45 UTC; the team was complete at 06:30 UTC.

# Root Cause

A time-out held its connection longer than the caller waited.

# Mitigation and resolution

A restart cured the symptom; the second wave was cured by a larger pool and a shorter time-out.

# Corrective and Preventative Measures

- Scale on connections in use, not on processor time
- Alert on the share of failing calls
";
