//! One service and one provider: effect, paging, holding, publishing, and the three ways in which a page speaks.

use super::*;
use crate::incident::{Affected, Incident};

#[test]
fn the_effect_says_what_trouble_means_for_us() {
    let check = |effect, upstream, expected, note: Option<&str>| {
        let judged = judge_one(&[Dependency { effect, ..on(&["api"]) }], &page(&[("api", upstream)]));
        assert_eq!(judged.status, expected, "{effect:?} of {upstream}");
        assert_eq!(judged.notes, note.into_iter().collect::<Vec<_>>(), "{effect:?} of {upstream}");
        assert_eq!(judged.findings.len(), usize::from(expected.is_trouble()));
    };
    check(Effect::Mirror, Status::MajorOutage, Status::MajorOutage, None);
    check(Effect::Mirror, Status::DegradedPerformance, Status::DegradedPerformance, None);
    check(Effect::Mirror, Status::Operational, Status::Operational, None);
    check(Effect::Soften, Status::MajorOutage, Status::PartialOutage, None);
    check(Effect::Soften, Status::PartialOutage, Status::DegradedPerformance, None);
    let note = Some("Pay reports degraded performance");
    check(Effect::Soften, Status::DegradedPerformance, Status::Operational, note);
    // A service that nothing but notes and ignored things bear on has no evidence for any status.
    check(Effect::Annotate, Status::MajorOutage, Status::Unknown, Some("Pay reports major outage"));
    check(Effect::Ignore, Status::MajorOutage, Status::Unknown, None);
}

#[test]
fn only_named_components_count_and_without_names_the_whole_page() {
    let knowledge = page(&[("api", Status::Operational), ("web", Status::MajorOutage)]);
    let check = |components: &[&str], expected, notes: &[&str]| {
        let judged = judge_one(&[on(components)], &knowledge);
        assert_eq!((judged.status, judged.notes), (expected, notes.iter().map(|&n| n.to_owned()).collect()));
    };
    check(&["api"], Status::Operational, &[]);
    check(&["web"], Status::MajorOutage, &[]);
    check(&[" Web "], Status::MajorOutage, &[]);
    check(&["api", "WEB", "web"], Status::MajorOutage, &[]);
    check(&[], Status::MajorOutage, &[]);
    check(&["gone"], Status::Unknown, &["Pay has no component 'gone'"]);
    check(&["api", "gone"], Status::Operational, &["Pay has no component 'gone'"]);
}

#[test]
fn a_page_begins_at_its_threshold_for_our_own_status() {
    let check = |effect, page_at: Option<Status>, upstream, expected| {
        let dependency = Dependency { effect, page: page_at, ..on(&["api"]) };
        let judged = judge_one(&[dependency], &page(&[("api", upstream)]));
        let pages = judged.findings.first().is_some_and(|finding| finding.pages);
        assert_eq!(pages, expected, "{effect:?} of {upstream} with {page_at:?}");
    };
    let threshold = Some(Status::PartialOutage);
    check(Effect::Mirror, threshold, Status::MajorOutage, true);
    check(Effect::Mirror, threshold, Status::PartialOutage, true);
    check(Effect::Mirror, threshold, Status::DegradedPerformance, false);
    check(Effect::Soften, threshold, Status::MajorOutage, true);
    check(Effect::Soften, threshold, Status::PartialOutage, false);
    check(Effect::Mirror, None, Status::MajorOutage, false);
    check(Effect::Annotate, threshold, Status::MajorOutage, false);
    check(Effect::Ignore, threshold, Status::MajorOutage, false);
}

#[test]
fn a_service_without_a_policy_pages_nobody() {
    let quiet = Service { policy: None, ..service("shop", &[on(&[])]) };
    let judged = judge_all(&[quiet], &page(&[("api", Status::MajorOutage)])).remove(0);
    assert!(!judged.findings[0].pages);
}

#[test]
fn trouble_that_is_held_acts_when_it_has_lasted() {
    let knowledge = page(&[("api", Status::MajorOutage)]);
    let check = |hold, expected, acts_at: Option<Timestamp>| {
        let judged = judge_one(&[Dependency { hold: minutes(hold), ..on(&["api"]) }], &knowledge);
        assert_eq!((judged.status, judged.acts_at), (expected, acts_at), "held for {hold}");
        assert_eq!(judged.findings.is_empty(), acts_at.is_some());
    };
    check(0, Status::MajorOutage, None);
    check(10, Status::MajorOutage, None);
    check(11, Status::Operational, Some(at(11)));
    check(60, Status::Operational, Some(at(60)));
    let hold = |hold| Dependency { hold: minutes(hold), ..on(&["api"]) };
    assert_eq!(judge_one(&[hold(60), hold(20)], &knowledge).acts_at, Some(at(20)));
}

#[test]
fn a_status_that_must_not_be_told_reads_as_the_service_without_it() {
    let check = |troubles: &[(&str, Publish)], calm, expected| {
        let knowledge =
            page(&[("bad", Status::MajorOutage), ("slow", Status::DegradedPerformance), ("calm", calm)]);
        let mut depends_on = vec![on(&["calm"])];
        depends_on.extend(
            troubles.iter().map(|&(name, publish)| Dependency { publish: publish.into(), ..on(&[name]) }),
        );
        let judged = judge_one(&depends_on, &knowledge);
        let shown = judged.public_status(|finding| finding.say.by_itself);
        assert_eq!(shown, expected, "{troubles:?} beside {calm}");
    };
    let well = Status::Operational;
    check(&[("bad", Publish::Auto)], well, Status::MajorOutage);
    check(&[("bad", Publish::Draft)], well, Status::Operational);
    check(&[("bad", Publish::Never)], well, Status::Operational);
    check(&[("bad", Publish::Never), ("slow", Publish::Auto)], well, Status::DegradedPerformance);
    check(&[], Status::UnderMaintenance, Status::UnderMaintenance);
    check(&[], Status::Unknown, Status::Unknown);
    check(&[("bad", Publish::Never)], Status::UnderMaintenance, Status::UnderMaintenance);
    check(&[("bad", Publish::Never)], Status::Unknown, Status::Unknown);
}

#[test]
fn maintenance_shows_or_not_and_never_pages() {
    let knowledge = page(&[("api", Status::UnderMaintenance), ("web", Status::Operational)]);
    let check = |dependency: Dependency, expected, notes: &[&str]| {
        let dependency = Dependency { page: Some(Status::Operational), ..dependency };
        let judged = judge_one(&[dependency], &knowledge);
        assert_eq!((judged.status, judged.findings.len()), (expected, 0));
        assert_eq!(judged.notes, notes);
    };
    check(on(&["api"]), Status::UnderMaintenance, &[]);
    check(on(&[]), Status::UnderMaintenance, &[]);
    check(Dependency { effect: Effect::Soften, ..on(&["api"]) }, Status::UnderMaintenance, &[]);
    check(Dependency { show_maintenance: false, ..on(&["api"]) }, Status::Operational, &[]);
    let note = &["Pay is under maintenance"][..];
    check(Dependency { effect: Effect::Annotate, ..on(&["api"]) }, Status::Unknown, note);
    let quiet = Dependency { show_maintenance: false, effect: Effect::Annotate, ..on(&["api"]) };
    check(quiet, Status::Unknown, &[]);
}

#[test]
fn a_source_that_can_not_be_read_changes_no_status() {
    for status in Status::ALL {
        let knowledge = page(&[("api", *status)]);
        let fresh = judge_one(&[on(&["api"])], &knowledge);
        for health in SourceHealth::ALL {
            let world =
                World::from([(pay(), Outlook { name: "Pay", knowledge: &knowledge, health: *health })]);
            let judged = judge(&setup(&[service("shop", &[on(&["api"])])]), &world, now());
            assert_eq!(judged, std::slice::from_ref(&fresh), "{status} {health}");
        }
    }
}

#[test]
fn what_is_not_known_is_neither_green_nor_red() {
    let check = |knowledge: &Knowledge, components: &[&str], expected| {
        assert_eq!(judge_one(&[on(components)], knowledge).status, expected, "{components:?}");
    };
    check(&Knowledge::default(), &[], Status::Unknown);
    check(&page(&[]), &[], Status::Unknown);
    check(&page(&[("api", Status::Unknown)]), &["api"], Status::Unknown);
    let mixed = page(&[("api", Status::Unknown), ("web", Status::Operational), ("cdn", Status::MajorOutage)]);
    check(&mixed, &["api", "web"], Status::Unknown);
    check(&mixed, &["web"], Status::Operational);
    check(&mixed, &["api", "cdn"], Status::MajorOutage);
    for impact in [Impact::None, Impact::Unknown] {
        let silent = with(page(&[("api", Status::Unknown)]), &[("i", impact, &["api"])]);
        check(&silent, &["api"], Status::Unknown);
    }
    let absent = judge(&setup(&[service("shop", &[on(&[])])]), &World::new(), now());
    assert_eq!((absent[0].status, absent[0].findings.len()), (Status::Unknown, 0));
}

#[test]
fn an_unknown_dependency_hides_no_trouble_and_makes_no_green() {
    let unread = Dependency { upstream: Upstream::Provider(provider_id("other")), ..on(&[]) };
    let check = |status, expected| {
        let judged = judge_one(&[unread.clone(), on(&["api"])], &page(&[("api", status)]));
        assert_eq!(judged.status, expected);
    };
    check(Status::Operational, Status::Unknown);
    check(Status::UnderMaintenance, Status::Unknown);
    check(Status::DegradedPerformance, Status::DegradedPerformance);
}

#[test]
fn components_decide_before_incidents_and_incidents_before_the_claim_about_the_whole() {
    let check = |knowledge: Knowledge, expected, causes: &[Cause]| {
        let judged = judge_one(&[on(&[])], &claiming(knowledge, Status::PartialOutage));
        let found: Vec<Cause> = judged.findings.iter().flat_map(|finding| finding.causes.clone()).collect();
        assert_eq!((judged.status, found.as_slice()), (expected, causes));
    };
    let explained = with(page(&[("api", Status::MajorOutage)]), &[("i", Impact::Minor, &["api"])]);
    check(explained, Status::MajorOutage, &[incident_cause("i"), component_cause("api")]);
    let calm = with(page(&[("api", Status::Operational)]), &[("i", Impact::Critical, &["api"])]);
    check(calm, Status::Operational, &[]);
    let wordless = with(page(&[("api", Status::Unknown)]), &[("i", Impact::Critical, &["api"])]);
    check(wordless, Status::MajorOutage, &[incident_cause("i")]);
    let two = with(page(&[]), &[("a", Impact::Minor, &[]), ("b", Impact::None, &[])]);
    check(two, Status::DegradedPerformance, &[incident_cause("a")]);
    check(page(&[]), Status::PartialOutage, &[Cause { provider: pay(), key: CauseKey::Page }]);
}

#[test]
fn an_incident_that_the_components_contradict_is_a_note() {
    let knowledge = with(page(&[("api", Status::Operational)]), &[("i", Impact::Major, &["api"])]);
    let note = "Pay shows its components working, but has an open incident of impact major: Trouble i";
    assert_eq!(judge_one(&[on(&["api"])], &knowledge).notes, [note]);
    let other = with(
        page(&[("api", Status::Operational), ("web", Status::Operational)]),
        &[("i", Impact::Major, &["web"])],
    );
    assert!(judge_one(&[on(&["api"])], &other).notes.is_empty());
}

#[test]
fn an_incident_that_is_over_when_first_seen_does_nothing() {
    let mut knowledge = with(page(&[]), &[("i", Impact::Critical, &[])]);
    for phase in [Phase::Resolved, Phase::Postmortem] {
        knowledge.incidents[0].incident.phase = phase;
        let judged = judge_one(&[on(&[])], &claiming(knowledge.clone(), Status::Operational));
        assert_eq!((judged.status, judged.findings.len()), (Status::Operational, 0));
    }
}

#[test]
fn trouble_counts_from_when_we_saw_it_and_not_from_what_was_said() {
    let by_component = judge_one(&[on(&[])], &page(&[("api", Status::MajorOutage)]));
    assert_eq!(by_component.findings[0].since, at(0));
    let by_incident = judge_one(&[on(&[])], &with(page(&[]), &[("i", Impact::Major, &[])]));
    assert_eq!(by_incident.findings[0].since, at(1));
}

#[test]
fn an_end_is_shown_by_a_fresh_reading_alone() {
    let shop = [service("shop", &[on(&["api"])])];
    let setup = setup(&shop);
    let check = |status, health, cause: Cause, is_awaited: bool| {
        let knowledge = page(&[("api", status)]);
        let world = World::from([(pay(), Outlook { name: "Pay", knowledge: &knowledge, health })]);
        let judged = judge(&setup, &world, now());
        let affected =
            Affected { service: service_id("shop"), status, worst: status, pages: false, stated: None };
        let incident = Incident { services: vec![affected], ..attribution::incident(1, &[cause]) };
        assert_eq!(!awaited(&setup, &world, &judged, &incident).is_empty(), is_awaited, "{status} {health}");
    };
    let (api, well) = (component_cause("api"), Status::Operational);
    check(well, SourceHealth::Fresh, api.clone(), false);
    check(well, SourceHealth::Stale, api.clone(), true);
    check(well, SourceHealth::Unreadable, api.clone(), true);
    check(Status::Unknown, SourceHealth::Fresh, api, true);
    check(well, SourceHealth::Fresh, component_cause("gone"), false);
    check(Status::Unknown, SourceHealth::Fresh, component_cause("gone"), true);
    check(well, SourceHealth::Unreadable, incident_cause("inc"), true);
    check(well, SourceHealth::Fresh, incident_cause("inc"), false);
    let elsewhere = Cause { provider: provider_id("other"), key: CauseKey::Page };
    check(well, SourceHealth::Fresh, elsewhere, false);
}
