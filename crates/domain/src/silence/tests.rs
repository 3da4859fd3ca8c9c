//! Which incidents a silence keeps quiet, for how long, and which silences are refused.

use jiff::SignedDuration;
use uuid::Uuid;

use super::*;
use crate::{
    OrgId, Phase, Severity, Status,
    incident::{Affected, Cause, CauseKey, Response},
    provider::provider_id,
    setup::{Organization, Paging, Publish},
};

fn at(minute: i64) -> Timestamp {
    Timestamp::from_second(1_750_000_000 + 60 * minute).unwrap()
}

fn service(slug: &str, team: &str) -> Service {
    Service {
        id: ServiceId::named(Uuid::nil(), slug),
        slug: slug.to_owned(),
        name: slug.to_owned(),
        policy: None,
        description: None,
        is_internal: false,
        labels: [("team".to_owned(), team.to_owned())].into(),
        depends_on: Vec::new(),
    }
}

fn setup(silences: Vec<Silence>) -> Setup {
    Setup {
        organization: Organization {
            id: OrgId(Uuid::nil()),
            slug: "acme".to_owned(),
            name: "Acme".to_owned(),
        },
        users: Vec::new(),
        teams: Vec::new(),
        schedules: Vec::new(),
        policies: Vec::new(),
        channels: Vec::new(),
        services: vec![service("shop", "pay"), service("mail", "post")],
        status_pages: Vec::new(),
        paging: Paging { ack_timeout: None, silences },
        assertions: Vec::new(),
        public: crate::setup::Public::default(),
    }
}

fn incident(services: &[&str], providers: &[&str]) -> Incident {
    let affected = |slug: &&str| Affected {
        service: ServiceId::named(Uuid::nil(), slug),
        status: Status::MajorOutage,
        worst: Status::MajorOutage,
        pages: true,
        stated: None,
    };
    let cause = |slug: &&str| Cause { provider: provider_id(slug), key: CauseKey::Page };
    Incident {
        id: crate::IncidentId(Uuid::nil()),
        number: 1,
        title: "Shop is down".to_owned(),
        titles: crate::public::Tongues::default(),
        severity: Severity::Critical,
        response: Response::Open,
        assignee: None,
        phase: Phase::Investigating,
        opened_at: at(0),
        first_page_at: Some(at(0)),
        by_hand: crate::incident::ByHand::default(),
        generation: 1,
        publish: Publish::Auto,
        causes: providers.iter().map(cause).collect(),
        services: services.iter().map(affected).collect(),
    }
}

fn silence(matcher: Matcher, from: i64, to: i64) -> Silence {
    Silence {
        id: AmendmentId(Uuid::nil()),
        name: None,
        matcher,
        from: at(from),
        to: at(to),
        reason: format!("until {to}"),
        by: Actor::Operator,
    }
}

fn services(slugs: &[&str]) -> Matcher {
    let services = slugs.iter().map(|slug| ServiceId::named(Uuid::nil(), slug)).collect();
    Matcher { services, ..Matcher::default() }
}

fn providers(slugs: &[&str]) -> Matcher {
    Matcher { providers: slugs.iter().map(|slug| provider_id(slug)).collect(), ..Matcher::default() }
}

fn team(name: &str) -> Matcher {
    Matcher { labels: [("team".to_owned(), name.to_owned())].into(), ..Matcher::default() }
}

#[test]
fn all_that_a_silence_names_must_match() {
    let check = |matcher: Matcher, of: &Incident, minute, quiet: bool| {
        let setup = setup(vec![silence(matcher.clone(), 10, 20)]);
        assert_eq!(silenced_until(&setup, of, at(minute)).is_some(), quiet, "{matcher:?} at {minute}");
    };
    let shop = incident(&["shop"], &["stripe"]);
    for (minute, quiet) in [(9, false), (10, true), (19, true), (20, false)] {
        check(services(&["shop"]), &shop, minute, quiet);
    }
    check(services(&["mail"]), &shop, 15, false);
    check(team("pay"), &shop, 15, true);
    check(team("post"), &shop, 15, false);
    check(providers(&["stripe"]), &shop, 15, true);
    check(providers(&["stripe"]), &incident(&["shop"], &["stripe", "aws"]), 15, false);
    check(providers(&["stripe"]), &incident(&["shop"], &[]), 15, false);
    check(Matcher { labels: team("post").labels, ..services(&["shop"]) }, &shop, 15, false);
    check(Matcher { labels: team("pay").labels, ..services(&["shop"]) }, &shop, 15, true);
}

#[test]
fn an_incident_is_silent_while_all_of_it_is_and_until_the_first_of_it_is_not() {
    let both = incident(&["shop", "mail"], &["stripe"]);
    let until = |silences: Vec<Silence>| silenced_until(&setup(silences), &both, at(0)).map(|(to, _)| to);
    assert_eq!(until(vec![silence(team("pay"), 0, 50)]), None);
    assert_eq!(until(vec![silence(team("pay"), 0, 50), silence(team("post"), 0, 40)]), Some(at(40)));
    let longer = [silence(team("post"), 0, 90), silence(team("pay"), 0, 50), silence(team("post"), 0, 40)];
    assert_eq!(until(longer.to_vec()), Some(at(50)));
    let mut calm = both.clone();
    for affected in &mut calm.services {
        affected.pages = false;
    }
    assert_eq!(silenced_until(&setup(vec![silence(team("pay"), 0, 50)]), &calm, at(0)), None);
}

#[test]
fn a_silence_has_an_end_a_reason_and_something_to_be_silent_about() {
    let good = silence(team("pay"), 10, 20);
    let check = |silence: &Silence, expected| assert_eq!(silence.check(at(0)), expected, "{silence:?}");
    check(&good, Ok(()));
    check(&silence(Matcher::default(), 10, 20), Err(Refusal::Everything));
    check(&silence(team("pay"), 10, 10), Err(Refusal::Empty { from: at(10), to: at(10) }));
    check(&silence(team("pay"), -20, -10), Err(Refusal::Past { to: at(-10), now: at(0) }));
    assert_eq!(silence(team("pay"), -20, -10).check_shape(), Ok(()), "its shape is good at any time");
    check(&Silence { reason: " ".to_owned(), ..good.clone() }, Err(Refusal::NoReason));
    let latest = at(10) + SignedDuration::from_hours(24 * 90);
    check(&Silence { to: latest, ..good.clone() }, Ok(()));
    check(&Silence { to: latest + SignedDuration::from_secs(1), ..good }, Err(Refusal::TooLong { latest }));
}
