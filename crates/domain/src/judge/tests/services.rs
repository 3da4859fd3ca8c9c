//! Several causes, and services that depend on services.

use super::*;

#[test]
fn the_worst_of_several_causes_is_the_status_and_the_others_remain() {
    let depends_on = [on(&["api"]), on(&["web"]), Dependency { effect: Effect::Soften, ..on(&["cdn"]) }];
    let check = |api, web, cdn, expected, found: &[Status]| {
        let knowledge = page(&[("api", api), ("web", web), ("cdn", cdn)]);
        let judged = judge_one(&depends_on, &knowledge);
        let statuses: Vec<Status> = judged.findings.iter().map(|finding| finding.status).collect();
        assert_eq!((judged.status, statuses.as_slice()), (expected, found));
    };
    let (well, slow) = (Status::Operational, Status::DegradedPerformance);
    let (some, all) = (Status::PartialOutage, Status::MajorOutage);
    check(slow, all, all, all, &[slow, all, some]);
    check(slow, well, all, some, &[slow, some]);
    check(slow, well, slow, slow, &[slow]);
    check(well, well, well, well, &[]);
    check(well, slow, Status::UnderMaintenance, slow, &[slow]);
}

#[test]
fn each_finding_says_what_was_seen_and_what_it_means() {
    let soft = Dependency { effect: Effect::Soften, publish: Publish::Draft.into(), ..on(&["api", "web"]) };
    let knowledge = page(&[("api", Status::MajorOutage), ("web", Status::PartialOutage)]);
    let expected = Finding {
        service: service_id("shop"),
        upstream: Upstream::Provider(pay()),
        causes: vec![component_cause("api"), component_cause("web")],
        observed: Status::MajorOutage,
        status: Status::PartialOutage,
        since: at(0),
        pages: true,
        say: Guard::from(Publish::Draft).say(Status::PartialOutage, at(0), now()),
    };
    assert_eq!(judge_one(&[soft], &knowledge).findings, [expected]);
}

#[test]
fn trouble_passes_through_services_with_its_cause() {
    // The order of the file is not the order of the dependencies.
    let soft = Dependency { effect: Effect::Soften, ..on_service("checkout") };
    let services = [
        service("shop", &[soft]),
        service("checkout", &[on_service("payments")]),
        service("payments", &[on(&["api"])]),
    ];
    let judged = judge_all(&services, &page(&[("api", Status::MajorOutage)]));
    let seen: Vec<_> = judged.iter().map(|judgement| (judgement.service, judgement.status)).collect();
    let expected = [
        ("shop", Status::PartialOutage),
        ("checkout", Status::MajorOutage),
        ("payments", Status::MajorOutage),
    ];
    assert_eq!(seen, expected.map(|(slug, status)| (service_id(slug), status)));
    for judgement in &judged {
        assert_eq!(judgement.findings[0].causes, [component_cause("api")]);
        assert_eq!(judgement.findings[0].since, at(0));
    }
}

#[test]
fn a_service_upstream_is_held_from_the_beginning_of_its_trouble() {
    let held = |hold| Dependency { hold: minutes(hold), ..on_service("payments") };
    let check = |hold, expected, acts_at| {
        let services = [service("shop", &[held(hold)]), service("payments", &[on(&["api"])])];
        let judged = judge_all(&services, &page(&[("api", Status::MajorOutage)]));
        assert_eq!((judged[0].status, judged[0].acts_at), (expected, acts_at));
    };
    check(10, Status::MajorOutage, None);
    check(15, Status::Operational, Some(at(15)));
}

#[test]
fn what_a_service_upstream_does_not_know_its_followers_do_not_know() {
    let services = [service("shop", &[on_service("payments")]), service("payments", &[on(&[])])];
    let check = |knowledge: &Knowledge, expected| {
        let judged = judge_all(&services, knowledge);
        assert_eq!((judged[0].status, judged[1].status), (expected, expected));
        assert!(judged.iter().all(|judgement| judgement.findings.is_empty()));
    };
    check(&Knowledge::default(), Status::Unknown);
    check(&page(&[("api", Status::UnderMaintenance)]), Status::UnderMaintenance);
    check(&page(&[("api", Status::Operational)]), Status::Operational);
}

#[test]
fn a_circle_or_a_service_that_is_gone_reads_as_unknown() {
    let services = [
        service("a", &[on_service("b")]),
        service("b", &[on_service("a")]),
        service("lost", &[on_service("nowhere")]),
        service("well", &[on(&[])]),
        service("alone", &[]),
    ];
    let judged = judge_all(&services, &page(&[("api", Status::Operational)]));
    let statuses: Vec<Status> = judged.iter().map(|judgement| judgement.status).collect();
    let unknown = Status::Unknown;
    assert_eq!(statuses, [unknown, unknown, unknown, Status::Operational, unknown]);
    assert_eq!(judged[0].notes, ["depends on itself"]);
}

#[test]
fn the_same_facts_give_the_same_judgement() {
    let services =
        [service("shop", &[on(&[]), on_service("payments")]), service("payments", &[on(&["api"])])];
    let knowledge = with(page(&[("api", Status::MajorOutage)]), &[("i", Impact::Major, &["api"])]);
    assert_eq!(judge_all(&services, &knowledge), judge_all(&services, &knowledge));
}
