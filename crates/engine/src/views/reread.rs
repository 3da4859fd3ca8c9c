//! Our own reader of Statuspage's form reads the documents of our status pages to the facts that they were drawn from.

use domain::{
    Impact, MaintenanceStatus, Phase, Platform, Status,
    public::Tongues,
    snapshot::{Component, Incident, Maintenance, Reading, Snapshot, Update},
};
use formats::feed;
use jiff::Timestamp;
use proptest::{collection::vec, option, prelude::*, sample::select};
use render::view::{
    Board, Chrome, ComponentRef, ComponentView, IncidentView, MaintenanceView, OwnView, Place,
    StatusPageView, UpdateView, Voice,
};

const ADDRESS: &str = "https://status.acme.example";
const AS_OF: i64 = 1_800_000_000_000;

fn at() -> impl Strategy<Value = Timestamp> {
    (0..40_000_000_000_i64).prop_map(|back| Timestamp::from_millisecond(AS_OF - back).unwrap())
}

/// Lines as people write them; what no line keeps (double blanks, control characters) is the matter of other tests.
fn line() -> impl Strategy<Value = String> {
    "[!-~éß漢😀]{1,9}( [!-~ü]{1,9}){0,2}"
}

fn status() -> impl Strategy<Value = Status> {
    select(vec![
        Status::Unknown,
        Status::Operational,
        Status::UnderMaintenance,
        Status::DegradedPerformance,
        Status::PartialOutage,
        Status::MajorOutage,
    ])
}

fn component() -> impl Strategy<Value = (String, Status, Timestamp)> {
    (line(), status(), at())
}

/// Groups of components, the first without a name.
fn components() -> impl Strategy<Value = Vec<ComponentView>> {
    vec(vec(component(), 1..4), 1..4).prop_map(|groups| {
        let named = |(index, of): (usize, Vec<_>)| {
            of.into_iter().map(move |one| (Some(format!("Group {index}")).filter(|_| index > 0), one))
        };
        let all = groups.into_iter().enumerate().flat_map(named).enumerate();
        all.map(|(index, (group, (name, status, since)))| ComponentView {
            id: format!("c{index}"),
            name,
            description: None,
            group,
            status,
            stated: None,
            since: Some(since),
            first_known_at: None,
            since_is_first_reading: false,
            days: Vec::new(),
            uptime: None,
            is_third_party: false,
            reason: None,
        })
        .collect()
    })
}

fn updates(words: &'static [&'static str]) -> impl Strategy<Value = Vec<UpdateView>> {
    vec((select(words), "[ -~é\n]{0,40}", at()), 1..4).prop_map(|mut said| {
        said.sort_by_key(|(_, _, at)| std::cmp::Reverse(*at));
        let update = |(index, (word, body, at)): (usize, (&str, String, Timestamp))| UpdateView {
            id: format!("u{index}"),
            word: word.to_owned(),
            body,
            tongues: Tongues::default(),
            at: Some(at),
            edited: None,
            turns: Vec::new(),
        };
        said.into_iter().enumerate().map(update).collect()
    })
}

fn affected() -> impl Strategy<Value = Vec<ComponentRef>> {
    option::of(Just(ComponentRef { id: "c0".to_owned(), name: "of its time".to_owned() }))
        .prop_map(|one| one.into_iter().collect())
}

fn incident() -> impl Strategy<Value = IncidentView> {
    let phases = vec![
        Phase::Investigating,
        Phase::Identified,
        Phase::Monitoring,
        Phase::Resolved,
        Phase::Postmortem,
        Phase::Unknown,
    ];
    let impacts = vec![
        Impact::Unknown,
        Impact::None,
        Impact::Maintenance,
        Impact::Minor,
        Impact::Major,
        Impact::Critical,
    ];
    let words = &["investigating", "identified", "monitoring", "resolved"];
    (line(), select(phases), select(impacts), [at(), at(), at()], affected(), updates(words)).prop_map(
        |(title, phase, impact, [started, posted, resolved], components, updates)| IncidentView {
            id: String::new(),
            title,
            impact,
            phase,
            started_at: Some(started),
            posted_at: Some(posted),
            first_seen_at: posted,
            resolved_at: phase.is_over().then_some(resolved),
            components,
            updates,
            official_url: None,
            cause: None,
            next_update_at: None,
            own: OwnView::default(),
        },
    )
}

fn maintenance() -> impl Strategy<Value = MaintenanceView> {
    let statuses = vec![
        MaintenanceStatus::Scheduled,
        MaintenanceStatus::InProgress,
        MaintenanceStatus::Verifying,
        MaintenanceStatus::Completed,
    ];
    let words = &["scheduled", "in_progress", "verifying", "completed"];
    (line(), select(statuses), at(), affected(), updates(words)).prop_map(
        |(title, status, starts, components, updates)| MaintenanceView {
            id: String::new(),
            title,
            status,
            starts_at: Some(starts),
            ends_at: Some(starts),
            first_seen_at: starts,
            components,
            updates,
            official_url: None,
            provider: None,
        },
    )
}

fn page() -> impl Strategy<Value = StatusPageView> {
    (line(), components(), vec(incident(), 0..4), vec(maintenance(), 0..4)).prop_map(
        |(title, components, mut incidents, mut maintenances)| {
            for (index, incident) in incidents.iter_mut().enumerate() {
                incident.id = format!("i{index}");
            }
            for (index, work) in maintenances.iter_mut().enumerate() {
                work.id = format!("m{index}");
            }
            let (past, open) = incidents.into_iter().partition(|incident| incident.phase.is_over());
            let board = Board {
                place: Place { base_path: String::new(), public_url: ADDRESS.to_owned(), events: None },
                voice: Voice::default(),
                chrome: Chrome::default(),
                id: "acme".to_owned(),
                title,
                components,
                open,
                past,
                maintenances,
                uptime: None,
                as_of: Timestamp::from_millisecond(AS_OF).unwrap(),
            };
            StatusPageView { board, history: Vec::new(), other_languages: Vec::new() }
        },
    )
}

/// Reads a file of a page as `midwatch feed parse` does.
fn read(view: &StatusPageView, file: &str) -> Snapshot {
    let path = format!("/api/v2/{file}");
    let pages = render::status_pages(view);
    let page = pages.iter().find(|page| page.path == path).unwrap();
    let url = format!("{ADDRESS}{path}");
    let source = feed::Source {
        url: Some(&url),
        content_type: Some(page.content_type),
        status: 200,
        body: &page.body,
        at: view.board.as_of,
        selectors: None,
    };
    match feed::read(&source, None) {
        Reading::Fresh(snapshot) => *snapshot,
        Reading::Unreadable { reason } => panic!("{reason}: {}", String::from_utf8_lossy(&page.body)),
    }
}

fn component_of(view: &ComponentView) -> Component {
    Component {
        id: view.id.clone(),
        name: view.name.clone(),
        group: view.group.clone(),
        status: view.status,
        raw_status: view.status.word().to_owned(),
        updated_at: view.since,
    }
}

fn updates_of(views: &[UpdateView]) -> Vec<Update> {
    let update = |view: &UpdateView| Update {
        id: view.id.clone(),
        status: view.word.clone(),
        body: view.body.clone(),
        at: view.at,
    };
    views.iter().map(update).collect()
}

fn ids_of(components: &[ComponentRef]) -> Vec<String> {
    components.iter().map(|one| one.id.clone()).collect()
}

fn incident_of(view: &IncidentView) -> Incident {
    Incident {
        id: view.id.clone(),
        name: view.title.clone(),
        impact: view.impact,
        raw_impact: Some(view.impact.word().to_owned()),
        phase: view.phase,
        started_at: view.started_at,
        created_at: view.posted_at,
        updated_at: Some(view.changed_at()),
        resolved_at: view.resolved_at,
        url: Some(format!("{ADDRESS}/incidents/{}", view.id)),
        components: ids_of(&view.components),
        updates: updates_of(&view.updates),
    }
}

fn maintenance_of(view: &MaintenanceView) -> Maintenance {
    Maintenance {
        id: view.id.clone(),
        name: view.title.clone(),
        status: view.status,
        starts_at: view.starts_at,
        ends_at: view.ends_at,
        updated_at: Some(view.changed_at()),
        url: Some(format!("{ADDRESS}/maintenance/{}", view.id)),
        components: ids_of(&view.components),
        updates: updates_of(&view.updates),
    }
}

/// The same things whatever their order: of those of one instant none is the first.
fn by_id<T: Clone>(rows: &[T], id: fn(&T) -> &String) -> Vec<T> {
    let mut rows = rows.to_vec();
    rows.sort_by(|a, b| id(a).cmp(id(b)));
    rows
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn our_reader_reads_our_pages_to_the_facts_they_were_drawn_from(view in page()) {
        let board = &view.board;
        let summary = read(&view, "summary.json");
        prop_assert_eq!(summary.platform, Platform::Statuspage);
        prop_assert_eq!(summary.page.id.as_deref(), Some("acme"));
        prop_assert_eq!(summary.page.name.as_ref(), Some(&board.title));
        prop_assert_eq!(summary.page.url.as_deref(), Some(ADDRESS));
        prop_assert_eq!(summary.overall.map(|overall| overall.status), Some(render::worst(&board.components)));
        let components: Vec<Component> = board.components.iter().map(component_of).collect();
        prop_assert_eq!(&summary.components, &components);
        let open: Vec<Incident> = board.open.iter().map(incident_of).collect();
        prop_assert_eq!(by_id(&summary.incidents, |one| &one.id), open);
        let ahead = board.maintenances.iter().filter(|work| !work.status.is_over());
        let ahead: Vec<Maintenance> = ahead.map(maintenance_of).collect();
        prop_assert_eq!(by_id(&summary.maintenances, |one| &one.id), by_id(&ahead, |one| &one.id));

        let all = read(&view, "incidents.json").incidents;
        let drawn: Vec<Incident> = board.open.iter().chain(&board.past).map(incident_of).collect();
        prop_assert_eq!(by_id(&all, |one| &one.id), by_id(&drawn, |one| &one.id));
        prop_assert!(all.is_sorted_by_key(|one| std::cmp::Reverse(one.created_at)));
        let works = read(&view, "scheduled-maintenances.json").maintenances;
        let drawn: Vec<Maintenance> = board.maintenances.iter().map(maintenance_of).collect();
        prop_assert_eq!(by_id(&works, |one| &one.id), by_id(&drawn, |one| &one.id));
    }
}
