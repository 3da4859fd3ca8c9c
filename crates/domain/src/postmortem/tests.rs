//! What a draft says, who may publish it, and when something is overdue.

use jiff::{Timestamp, civil::date, tz::TimeZone};
use uuid::Uuid;

use super::*;
use crate::{
    OrgId, Phase, ServiceId, Severity, Status,
    incident::{Affected, ByHand, Incident, Response, Wave},
    setup::{Organization, Paging, Public, Publish, Service, Setup},
};

const ANA: UserId = UserId(Uuid::from_u128(1));
const BO: UserId = UserId(Uuid::from_u128(2));

fn at(minute: i64) -> Timestamp {
    let start: Timestamp = "2026-03-02T08:00:00Z".parse().unwrap();
    Timestamp::from_second(start.as_second() + 60 * minute).unwrap()
}

fn service(n: u128, name: &str, is_internal: bool) -> Service {
    Service {
        id: ServiceId(Uuid::from_u128(n)),
        slug: name.to_lowercase(),
        name: name.to_owned(),
        description: None,
        policy: None,
        depends_on: Vec::new(),
        labels: std::collections::BTreeMap::new(),
        is_internal,
    }
}

fn setup() -> Setup {
    Setup {
        organization: Organization { id: OrgId(Uuid::nil()), slug: "acme".into(), name: "Acme".into() },
        users: Vec::new(),
        teams: Vec::new(),
        schedules: Vec::new(),
        policies: Vec::new(),
        channels: Vec::new(),
        services: vec![
            service(1, "Checkout", false),
            service(2, "Ledger", true),
            service(3, "Search *<b>*", false),
        ],
        status_pages: Vec::new(),
        paging: Paging::default(),
        assertions: Vec::new(),
        public: Public::default(),
    }
}

fn incident() -> Incident {
    let affected = |n: u128, worst| Affected {
        service: ServiceId(Uuid::from_u128(n)),
        status: Status::Operational,
        worst,
        pages: true,
        stated: None,
    };
    Incident {
        titles: crate::public::Tongues::default(),
        id: IncidentId(Uuid::from_u128(7)),
        number: 7,
        title: "Cards [are] refused".to_owned(),
        severity: Severity::Critical,
        response: Response::Resolved { by: Actor::User(ANA), at: at(75) },
        assignee: None,
        phase: Phase::Resolved,
        opened_at: at(2),
        first_page_at: Some(at(2)),
        generation: 1,
        publish: Publish::Auto,
        causes: Vec::new(),
        services: vec![
            affected(1, Status::MajorOutage),
            affected(2, Status::MajorOutage),
            affected(3, Status::DegradedPerformance),
        ],
        by_hand: ByHand::default(),
    }
}

fn facts() -> Facts {
    let wave = |n: u128, from, to, status| Wave {
        service: ServiceId(Uuid::from_u128(n)),
        from: at(from),
        to: Some(at(to)),
        status,
    };
    let waves = [
        wave(1, 0, 30, Status::MajorOutage),
        // What people added overlaps: the worst counts, once.
        wave(1, 20, 60, Status::PartialOutage),
        wave(2, 0, 75, Status::MajorOutage),
        wave(3, 5, 20, Status::DegradedPerformance),
    ];
    let act = |minute, kind: &str, by| Act { at: at(minute), kind: kind.to_owned(), by };
    let acts = [
        act(2, "opened", Actor::Machine),
        act(5, "acknowledged", Actor::User(ANA)),
        act(9, "role", Actor::User(BO)),
        act(75, "resolved", Actor::User(ANA)),
    ];
    let said = |minute, text: &str, is_public| Said {
        at: at(minute),
        phase: Phase::Identified,
        text: text.to_owned(),
        is_public,
        by: Actor::User(BO),
    };
    let said = [said(6, "the root password is x", false), said(8, "A switch\nis *broken*.", true)];
    let provider = AtProvider {
        provider: "Commerce".to_owned(),
        title: "API](javascript:x) <script>".to_owned(),
        url: Some("https://status.commerce.test/i/1".to_owned()),
        started_at: Some(at(-1)),
    };
    let incident = incident();
    let record = Record {
        incident: &incident,
        waves: &waves,
        acts: &acts,
        said: &said,
        first_page_at: Some(at(3)),
        roles: &[("commander".to_owned(), ANA)],
        at_providers: &[provider],
    };
    Facts::of(&setup(), &record)
}

#[test]
fn a_draft_says_what_the_record_says_under_the_seven_headings() {
    let draft = Template::default().fill(&facts());
    let headings: Vec<&str> = draft.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    assert_eq!(headings, HEADINGS);
    for part in [
        "Checkout had a major outage; Search \\*\\<b\\>\\* had degraded performance. It lasted 1 h 15 min, from 2026-03-02 \
         08:00 UTC until 2026-03-02 09:15 UTC.",
        "- Checkout: major outage at worst; major outage for 30 min, partial outage for 30 min",
        "- Search \\*\\<b\\>\\*: degraded performance at worst; degraded performance for 15 min",
        "- Started: 2026-03-02 08:00 UTC\n- First evidence at a provider: 2026-03-02 07:59 UTC\n\
         - Detected: 2026-03-02 08:02 UTC, 2 min after the start\n\
         - First page: 2026-03-02 08:03 UTC, 1 min after detection\n\
         - Acknowledged: 2026-03-02 08:05 UTC, 2 min after the first page\n\
         - First public word: 2026-03-02 08:08 UTC, 8 min after the start\n\
         - Resolved: 2026-03-02 09:15 UTC, 1 h 15 min after the start",
        "- Commerce: [API\\](javascript:x) \\<script\\>](<https://status.commerce.test/i/1>), since 2026-03-02 07:59 UTC",
        "- 2026-03-02 08:08 UTC: Identified: “A switch is \\*broken\\*.”",
        "- 2026-03-02 08:05 UTC: Somebody took it on.",
    ] {
        assert!(draft.contains(part), "{part}\n---\n{draft}");
    }
    assert!(!draft.contains("\n\n\n"), "no gaps: {draft}");
}

#[test]
fn a_draft_holds_nothing_that_stays_inside() {
    let (draft, facts) = (Template::default().fill(&facts()), facts());
    assert!(!draft.contains("Ledger") && !draft.contains("password"), "{draft}");
    assert!(facts.impact.iter().any(|impact| impact.name == "Ledger"), "those inside see it");
    let people: Vec<_> = facts.people.iter().map(|person| (person.who, person.parts.join(", "))).collect();
    assert_eq!(
        people,
        [
            (Actor::User(ANA), "commander, acknowledged, resolved".to_owned()),
            (Actor::User(BO), "role, update".to_owned())
        ]
    );
}

#[test]
fn a_long_timeline_is_cut_in_the_middle() {
    let mut facts = facts();
    facts.timeline = (0..100).map(|n| Entry { at: at(n), words: format!("line {n}") }).collect();
    let draft = Template::read("{timeline}").unwrap().fill(&facts);
    let lines: Vec<&str> = draft.lines().collect();
    assert_eq!((lines.len(), lines[25]), (41, "- … 60 more …"));
    assert!(lines[24].ends_with("line 24") && lines[26].ends_with("line 85"), "{draft}");
}

#[test]
fn what_never_happened_is_said() {
    let mut incident = Incident { first_page_at: None, opened_at: at(90), ..incident() };
    incident.by_hand.began_at = Some(at(0));
    let record = Record {
        incident: &incident,
        waves: &[],
        acts: &[Act { at: at(90), kind: "opened".to_owned(), by: Actor::Machine }],
        said: &[],
        first_page_at: None,
        roles: &[],
        at_providers: &[],
    };
    let draft = Template::read("{times}{providers}{timeline}").unwrap().fill(&Facts::of(&setup(), &record));
    let expected = "- Started: 2026-03-02 08:00 UTC\n- Detected: not on record\n- First page: not on record\n\
                    - Acknowledged: not on record\n- First public word: not on record\n- Resolved: 2026-03-02 09:15 UTC, 1 h 15 min after the start";
    assert_eq!(draft, expected);
}

#[test]
fn spans_are_told_in_words() {
    let span = |seconds| span_words(std::time::Duration::from_secs(seconds));
    let told = [0, 59, 60, 3_599, 3_600, 4_380, 86_400, 97_200].map(span);
    assert_eq!(told, ["0 s", "59 s", "1 min", "59 min", "1 h", "1 h 13 min", "1 d", "1 d 3 h"]);
}

#[test]
fn a_template_knows_its_names() {
    let template =
        Template::read("# {title} ({number}, {severity})\n{ not } {}{Upper} {services} {duration}").unwrap();
    let draft = template.fill(&facts());
    assert_eq!(
        draft,
        "# Cards \\[are\\] refused (7, critical)\n{ not } {}{Upper} Checkout and Search \\*\\<b\\>\\* 1 h 15 min"
    );
    let mistake = Template::read("## Why\n\n{reason}").unwrap_err();
    assert_eq!(mistake.line, 3);
    assert!(
        mistake.problem.starts_with("there is no `{reason}`; the names are title, number"),
        "{mistake:?}"
    );
    assert!(Template::read(&"x".repeat(MOST_TEMPLATE_BYTES + 1)).is_err());
}

#[test]
fn a_text_is_short_enough_and_holds_nothing_but_text() {
    assert_eq!(text(" a\r\nb\tc\n"), Ok("a\nb\tc".to_owned()));
    assert_eq!(text(" \n"), Err(Wrong::Empty));
    assert_eq!(text("one\ntw\u{7}o"), Err(Wrong::Control { line: 2, code: 7 }));
    assert_eq!(text("a\rb"), Err(Wrong::Control { line: 1, code: 13 }));
    assert!(text(&"x".repeat(LONGEST_BYTES)).is_ok());
    assert_eq!(text(&"x".repeat(LONGEST_BYTES + 1)), Err(Wrong::Long(LONGEST_BYTES + 1)));
}

#[test]
fn what_a_draft_leaves_to_people_is_found_by_its_heading() {
    let draft = Template::default().fill(&facts());
    assert_eq!(unwritten(&draft), HEADINGS);
    assert_eq!(
        unwritten("*To be written: x*\n## A\ntext\n## B\n  *To be written*\n*To be written*"),
        ["the beginning", "B"]
    );
    assert!(unwritten("## A\n\nWe had it *To be written* once.").is_empty());
}

#[test]
fn a_version_is_reviewed_by_somebody_else_before_readers_see_it() {
    let (ana, bo) = (Actor::User(ANA), Actor::User(BO));
    let first = Postmortem::new(IncidentId(Uuid::nil()), ana);
    assert_eq!(first.may_be_published(false), Err(Refusal::Unreviewed(1)));
    assert_eq!(first.may_be_published(true), Ok(()));
    assert_eq!(first.approved(1, bo), Err(Refusal::NotInReview("draft")));
    assert_eq!(first.submitted(ANA, ana), Err(Refusal::Own));
    let asked = first.submitted(BO, ana).unwrap();
    assert_eq!(asked.approved(1, ana), Err(Refusal::Own));
    let second = asked.written(1, ana).unwrap();
    assert_eq!(second.stage, Stage::InReview { reviewer: BO, asked_by: ana }, "the review goes on");
    assert_eq!(second.written(1, bo), Err(Refusal::Older { base: 1, newest: 2 }));
    assert_eq!(second.approved(1, bo), Err(Refusal::Older { base: 1, newest: 2 }));
    assert_eq!(second.returned().unwrap().stage, Stage::Draft);
    let approved = second.approved(2, bo).unwrap();
    assert_eq!(approved.submitted(BO, ana), Err(Refusal::Reviewed("approved")));
    let out = approved.released(5, at(9));
    assert_eq!(
        (out.stage, out.published),
        (Stage::Published, Some(Published { version: 2, update: 5, at: at(9) }))
    );
    assert_eq!(out.turn, 5);
    let third = out.written(2, bo).unwrap();
    assert_eq!((third.stage, third.published), (Stage::Draft, out.published), "readers see what they saw");
    let again = third.submitted(ANA, bo).unwrap().approved(3, ana).unwrap().released(5, at(99));
    assert_eq!(again.published, Some(Published { version: 3, update: 5, at: at(9) }));
}

#[test]
fn an_action_is_due_by_the_clock_of_its_owner() {
    let action = Action {
        number: 1,
        text: "Test the switch".to_owned(),
        owner: ANA,
        due_on: date(2026, 3, 10),
        is_public: false,
        reminded_at: None,
        done: None,
    };
    let rome = TimeZone::get("Europe/Rome").unwrap();
    assert_eq!(action.reminder_at(&rome), "2026-03-10T08:00:00Z".parse().unwrap());
    assert_eq!(action.reminder_at(&TimeZone::UTC), "2026-03-10T09:00:00Z".parse().unwrap());
    let end: Timestamp = "2026-03-10T23:00:00Z".parse().unwrap();
    assert_eq!(action.standing(&rome, end), Standing::Overdue);
    assert_eq!(action.standing(&TimeZone::UTC, end), Standing::Open);
    let done = Action { done: Some((Actor::User(ANA), end)), ..action };
    assert_eq!(done.standing(&rome, end), Standing::Done);
}
