//! One cause, one incident: what joins, what stays apart, what goes on and what opens again.

use std::slice::from_ref;

use super::*;
use crate::{
    IncidentId, Severity, UserId,
    incident::{Actor, Incident, Response},
};

const MAJOR: Status = Status::MajorOutage;
const SLOW: Status = Status::DegradedPerformance;

fn finding(service: &str, status: Status, causes: &[Cause]) -> Finding {
    Finding {
        service: service_id(service),
        upstream: Upstream::Provider(pay()),
        causes: causes.to_vec(),
        observed: status,
        status,
        since: at(0),
        pages: status >= Status::PartialOutage,
        say: Say { by_itself: Some(status), by_a_person: Some(status), speaks_at: None },
    }
}

fn id(n: u128) -> IncidentId {
    IncidentId(Uuid::from_u128(n))
}

/// An open incident of ours, of the highest severity, that was opened at minute `n`.
pub(super) fn incident(n: u8, causes: &[Cause]) -> Incident {
    Incident {
        id: id(n.into()),
        number: n.into(),
        title: String::new(),
        titles: crate::public::Tongues::default(),
        severity: Severity::Critical,
        response: Response::Open,
        assignee: None,
        phase: Phase::Investigating,
        opened_at: at(n.into()),
        first_page_at: None,
        by_hand: crate::incident::ByHand::default(),
        generation: 1,
        publish: Publish::Auto,
        causes: causes.to_vec(),
        services: Vec::new(),
    }
}

fn resolved(by: Actor, minute: i64, incident: Incident) -> Incident {
    Incident { response: Response::Resolved { by, at: at(minute) }, ..incident }
}

/// Which services of ours are gathered, and in which incident each time.
fn gathered(findings: &[Finding], known: &[Incident]) -> Vec<(Option<IncidentId>, Vec<ServiceId>)> {
    let services = |wanted: Wanted| wanted.services.into_iter().map(|(service, ..)| service).collect();
    attribute(findings, known, &BTreeMap::new(), now())
        .into_iter()
        .map(|wanted| (wanted.incident, services(wanted)))
        .collect()
}

fn services(slugs: &[&str]) -> Vec<ServiceId> {
    let mut ids: Vec<ServiceId> = slugs.iter().map(|slug| service_id(slug)).collect();
    ids.sort_unstable();
    ids
}

fn other(key: &str) -> Cause {
    Cause { provider: provider_id("other"), key: CauseKey::Component(key.to_owned()) }
}

#[test]
fn one_cause_is_one_incident_over_many_services() {
    let (api, i) = (component_cause("api"), incident_cause("i"));
    let findings = [
        finding("shop", MAJOR, &[i.clone(), api.clone()]),
        finding("admin", SLOW, from_ref(&i)),
        finding("search", SLOW, from_ref(&api)),
    ];
    let wanted = attribute(&findings, &[], &BTreeMap::new(), now());
    let [only] = wanted.as_slice() else { panic!("{wanted:?}") };
    assert_eq!(only.causes, [i, api]);
    assert_eq!(
        (only.incident, only.severity, only.pages, only.since),
        (None, Severity::Critical, true, at(0))
    );
    let ids: Vec<ServiceId> = only.services.iter().map(|(service, ..)| *service).collect();
    assert_eq!(ids, services(&["shop", "admin", "search"]));
}

#[test]
fn causes_join_through_others() {
    let chain = [
        finding("a", MAJOR, &[incident_cause("1")]),
        finding("b", MAJOR, &[incident_cause("2")]),
        finding("c", MAJOR, &[incident_cause("1"), incident_cause("2")]),
    ];
    assert_eq!(gathered(&chain, &[]), [(None, services(&["a", "b", "c"]))]);
}

#[test]
fn explained_troubles_stay_apart_and_unexplained_ones_join_their_provider() {
    let check = |causes: [Cause; 2], expected: usize| {
        let findings = [finding("a", MAJOR, &causes[..1]), finding("b", MAJOR, &causes[1..])];
        assert_eq!(attribute(&findings, &[], &BTreeMap::new(), now()).len(), expected, "{causes:?}");
    };
    check([incident_cause("1"), incident_cause("2")], 2);
    check([incident_cause("1"), component_cause("api")], 1);
    check([component_cause("api"), incident_cause("1")], 1);
    check([component_cause("api"), component_cause("web")], 1);
    check([component_cause("api"), other("api")], 2);
    check([incident_cause("1"), other("api")], 2);
}

#[test]
fn a_service_in_an_incident_has_its_worst_status_and_pages_if_anything_does() {
    let (api, web) = (component_cause("api"), component_cause("web"));
    let loud = Finding { pages: true, since: at(5), ..finding("shop", SLOW, &[api]) };
    let quiet = Finding { pages: false, say: Say::default(), ..finding("shop", MAJOR, &[web]) };
    let wanted = attribute(&[loud, quiet], &[], &BTreeMap::new(), now()).remove(0);
    assert_eq!(wanted.services, [(service_id("shop"), MAJOR, true)]);
    // How urgent it is, is what wakes somebody.
    assert_eq!((wanted.severity, wanted.pages), (Severity::Warning, true));
    assert_eq!((wanted.publish, wanted.since), (Publish::Auto, at(0)));
}

#[test]
fn trouble_goes_on_in_the_incident_that_it_shares_a_cause_with() {
    let (api, web) = (component_cause("api"), component_cause("web"));
    let known = [incident(1, &[incident_cause("x")]), incident(2, from_ref(&api))];
    let findings = [finding("shop", MAJOR, &[api, web])];
    assert_eq!(gathered(&findings, &known), [(Some(id(2)), services(&["shop"]))]);
}

#[test]
fn an_incident_takes_in_the_explanation_that_comes_later() {
    let check = |known: &[Cause], now: &[Cause], expected: Option<IncidentId>| {
        let found = gathered(&[finding("shop", MAJOR, now)], &[incident(1, known)]);
        assert_eq!(found[0].0, expected, "{known:?} then {now:?}");
    };
    let (api, web, x) = (component_cause("api"), component_cause("web"), incident_cause("x"));
    check(from_ref(&api), from_ref(&x), Some(id(1)));
    check(from_ref(&x), from_ref(&api), Some(id(1)));
    check(from_ref(&api), &[web], Some(id(1)));
    check(&[x], &[incident_cause("y")], None);
    check(&[api], &[other("api")], None);
}

#[test]
fn two_incidents_that_turn_out_to_be_one_go_on_in_the_older() {
    let (x, y) = (incident_cause("x"), incident_cause("y"));
    let known = [incident(2, from_ref(&y)), incident(1, from_ref(&x))];
    let findings = [finding("a", MAJOR, &[x, y])];
    assert_eq!(gathered(&findings, &known), [(Some(id(1)), services(&["a"]))]);
}

#[test]
fn an_incident_goes_on_with_its_own_cause_and_not_with_a_neighbours() {
    let api = component_cause("api");
    let ours = finding("a", MAJOR, &[incident_cause("x"), api.clone()]);
    let new = finding("b", MAJOR, &[incident_cause("y"), component_cause("web")]);
    let expected = [(Some(id(1)), services(&["a"])), (None, services(&["b"]))];
    let known = [incident(1, &[api])];
    assert_eq!(gathered(&[ours.clone(), new.clone()], &known), expected);
    assert_eq!(gathered(&[new, ours], &known), expected);
}

#[test]
fn trouble_that_comes_back_soon_opens_the_same_incident_again() {
    let api = component_cause("api");
    let check = |ended: i64, causes: &[Cause], expected: Option<IncidentId>| {
        let findings = [Finding { since: at(9), ..finding("shop", MAJOR, causes) }];
        let known = [resolved(Actor::Machine, ended, incident(1, from_ref(&api)))];
        assert_eq!(gathered(&findings, &known)[0].0, expected, "ended at {ended}");
    };
    let window = i64::try_from(REOPENED_WITHIN.as_secs() / 60).unwrap();
    check(8, from_ref(&api), Some(id(1)));
    check(11 - window, from_ref(&api), Some(id(1)));
    check(10 - window, from_ref(&api), None);
    check(8, &[component_cause("web")], None);
}

#[test]
fn an_open_incident_goes_on_before_an_ended_one_opens_again() {
    let api = component_cause("api");
    let known = [resolved(Actor::Machine, 8, incident(1, from_ref(&api))), incident(2, from_ref(&api))];
    assert_eq!(gathered(&[finding("shop", MAJOR, &[api])], &known)[0].0, Some(id(2)));
}

#[test]
fn who_ended_an_incident_while_the_trouble_went_on_is_believed() {
    let api = component_cause("api");
    let person = Actor::User(UserId::named(Uuid::nil(), "ana"));
    let check = |by, severity, since, status, expected: Option<Option<IncidentId>>| {
        let findings = [Finding { since: at(since), ..finding("shop", status, from_ref(&api)) }];
        let known = [resolved(by, 5, Incident { severity, ..incident(1, from_ref(&api)) })];
        assert_eq!(gathered(&findings, &known).first().map(|found| found.0), expected, "{by:?} {severity}");
    };
    check(person, Severity::Critical, 0, MAJOR, None);
    check(Actor::Operator, Severity::Critical, 0, MAJOR, None);
    check(person, Severity::Critical, 0, SLOW, None);
    // Worse, or new trouble after the end: it counts again.
    check(person, Severity::Warning, 0, MAJOR, Some(Some(id(1))));
    check(person, Severity::Critical, 6, MAJOR, Some(Some(id(1))));
    check(Actor::Machine, Severity::Critical, 0, MAJOR, Some(Some(id(1))));
}

#[test]
fn without_findings_nothing_is_wanted() {
    assert_eq!(attribute(&[], &[incident(1, &[component_cause("api")])], &BTreeMap::new(), now()), []);
}

#[test]
fn what_one_upstream_is_behind_is_one_incident_unless_two_go_on_already() {
    let cloud = provider_id("cloud");
    let behind = BTreeMap::from([(pay(), cloud), (provider_id("other"), cloud)]);
    let findings = [finding("a", MAJOR, &[component_cause("api")]), finding("b", MAJOR, &[other("api")])];
    let gathered = |known: &[Incident], behind: &BTreeMap<ProviderId, ProviderId>| {
        let mut all: Vec<(Option<IncidentId>, usize)> = attribute(&findings, known, behind, now())
            .into_iter()
            .map(|wanted| (wanted.incident, wanted.services.len()))
            .collect();
        all.sort_unstable();
        all
    };
    assert_eq!(gathered(&[], &BTreeMap::new()), [(None, 1), (None, 1)]);
    assert_eq!(gathered(&[], &behind), [(None, 2)], "both are new");
    let first = incident(1, &[component_cause("api")]);
    assert_eq!(gathered(from_ref(&first), &behind), [(Some(id(1)), 2)], "one is new");
    let second = incident(2, &[other("api")]);
    assert_eq!(gathered(&[first, second], &behind), [(Some(id(1)), 1), (Some(id(2)), 1)], "neither is new");
    let joined = incident(1, &[component_cause("api"), other("api")]);
    assert_eq!(gathered(from_ref(&joined), &BTreeMap::new()), [(Some(id(1)), 2)], "what was joined stays so");
}
