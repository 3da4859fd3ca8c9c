//! Storms, and evenings that are none.

use super::*;
use crate::NotificationId;

fn number(n: u128) -> IncidentId {
    IncidentId(Uuid::from_u128(n))
}

fn seconds(count: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + count).unwrap()
}

fn sent(pages: &[(u128, i64)]) -> Vec<Sent> {
    let page = |(place, &(incident, at)): (usize, &(u128, i64))| Sent {
        message: NotificationId(Uuid::from_u128(place as u128)),
        incident: number(incident),
        at: seconds(at),
        is_first: pages[..place].iter().all(|(other, _)| *other != incident),
    };
    pages.iter().enumerate().map(page).collect()
}

#[test]
fn the_third_page_gathers_and_the_fourth_waits_for_room() {
    let held = |pages: &[(u128, i64)], now| held_until(&[number(9)], &sent(pages), seconds(now));
    assert_eq!(held(&[], 0), None);
    assert_eq!(held(&[(1, 0)], 1), None);
    assert_eq!(held(&[(1, 0), (2, 10)], 20), Some(seconds(70)));
    assert_eq!(held(&[(1, 0), (2, 10)], 70), None);
    assert_eq!(held(&[(1, 0), (2, 10), (3, 70)], 80), Some(seconds(600)));
    assert_eq!(held(&[(3, 70), (1, 0), (2, 10)], 599), Some(seconds(600)));
    // Then the first is forgotten, and there is room for one more a minute after the last.
    assert_eq!(held(&[(1, 0), (2, 10), (3, 70)], 600), None);
    assert_eq!(held(&[(2, 10), (3, 70), (4, 600)], 609), Some(seconds(610)));
}

#[test]
fn the_repeats_of_one_incident_are_never_held() {
    let pages = sent(&[(9, 0), (9, 60), (9, 120), (9, 180)]);
    assert_eq!(held_until(&[number(9)], &pages, seconds(240)), None);
    assert_eq!(
        held_until(&[number(9), number(8)], &pages, seconds(240)),
        None,
        "nor do they hold up what is new"
    );
}

#[test]
fn no_contact_gets_more_than_three_pages_in_any_ten_minutes() {
    let mut sent: Vec<Sent> = Vec::new();
    // An incident every second for an hour; what is held leaves with the next page.
    for second in 0..3_600 {
        let now = seconds(second);
        if held_until(&[number(u128::try_from(second).unwrap())], &sent, now).is_none() {
            let name = u128::try_from(second).unwrap();
            let message = NotificationId(Uuid::from_u128(name));
            sent.push(Sent { message, incident: number(name), at: now, is_first: true });
        }
    }
    for page in &sent {
        let until = page.at + STORM_WINDOW;
        let within = sent.iter().filter(|other| other.at >= page.at && other.at < until);
        assert!(within.count() <= MOST_PAGES, "{page:?}");
    }
    assert_eq!(sent.len(), 18, "and there is one as soon as there is room");
}

#[test]
fn rungs_and_repeats_never_hold_up_what_is_new_and_wait_for_it() {
    // One incident by three contacts, then another one.
    let rungs = sent(&[(1, 0), (1, 10), (1, 20)]);
    assert_eq!(held_until(&[number(2)], &rungs, seconds(30)), None);
    // Its repeats wait while there are others.
    let both = sent(&[(1, 0), (1, 10), (1, 20), (2, 30)]);
    assert_eq!(held_until(&[number(1)], &both, seconds(60)), Some(seconds(610)));
    assert_eq!(
        held_until(&[number(3)], &both, seconds(60)),
        Some(seconds(90)),
        "the third that is new gathers"
    );
}
