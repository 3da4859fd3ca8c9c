//! Whom nothing reaches: paging goes on, and uses up no round before its time.

use testkit::{app::minutes, internet::Temper};

use super::storms::{MAIL, PHONE, all_set, of_kind, start};

#[test]
fn a_policy_that_reached_nobody_goes_on_until_something_leaves_the_building() {
    let mut app = start(1);
    [PHONE, MAIL].into_iter().for_each(|place| app.destination(place, Temper::Silent));
    all_set(&mut app, 1, "major_outage");
    app.advance(minutes(120));
    assert!(app.arrivals_at(PHONE).is_empty() && app.arrivals_at(MAIL).is_empty());
    [PHONE, MAIL].into_iter().for_each(|place| app.destination(place, Temper::Well));
    app.advance(minutes(15));
    assert!(!of_kind(&app.arrivals_at(PHONE), "page").is_empty(), "all rounds were over long ago");
    app.arrivals_at(MAIL);
}

#[test]
fn a_dead_contact_uses_up_no_round_before_its_time() {
    let mut app = start(1);
    [PHONE, MAIL].into_iter().for_each(|place| app.destination(place, Temper::Gone));
    all_set(&mut app, 1, "major_outage");
    app.advance(minutes(2));
    let steps = app.journal(1).iter().filter(|kind| *kind == "step").count();
    assert_eq!(steps, 2, "the second step follows at once, the second round does not");
}
