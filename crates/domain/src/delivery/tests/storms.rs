//! Storms, and evenings that are none.

use super::*;
use crate::NotificationId;

fn seconds(count: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + count).unwrap()
}

/// Messages by a contact, each at a second.
fn sent(messages: &[(&str, i64)]) -> Vec<Sent> {
    let message = |(place, &(contact, at)): (usize, &(&str, i64))| Sent {
        message: NotificationId(Uuid::from_u128(place as u128)),
        contact: contact.to_owned(),
        at: seconds(at),
        severity: Severity::Error,
    };
    messages.iter().enumerate().map(message).collect()
}

fn push(severity: Severity) -> Leaving<'static> {
    Leaving { contact: "push", severity: Some(severity), is_alone: false }
}

/// When a push about several errors leaves, by the second; nothing is at once.
fn held(messages: &[(&str, i64)], ahead: &[(&str, i64)], now: i64) -> Option<i64> {
    let ahead: Vec<(String, Timestamp)> =
        ahead.iter().map(|&(contact, at)| (contact.to_owned(), seconds(at))).collect();
    let until = held_until(&push(Severity::Error), &sent(messages), &ahead, seconds(now))?;
    Some(until.as_second() - 1_700_000_000)
}

#[test]
fn the_last_place_gathers_and_then_one_waits_for_room() {
    assert_eq!(held(&[], &[], 0), None);
    assert_eq!(held(&[("push", 0)], &[], 1), None);
    assert_eq!(held(&[("push", 0), ("push", 10)], &[], 20), Some(70));
    assert_eq!(held(&[("push", 0), ("push", 10)], &[], 70), None);
    assert_eq!(held(&[("push", 0), ("push", 10), ("push", 70)], &[], 80), Some(600));
    assert_eq!(held(&[("push", 70), ("push", 0), ("push", 10)], &[], 599), Some(600));
    // Then the first is forgotten, and there is room for one more a minute after the last.
    assert_eq!(held(&[("push", 0), ("push", 10), ("push", 70)], &[], 600), None);
    assert_eq!(held(&[("push", 10), ("push", 70), ("push", 600)], &[], 609), Some(610));
}

#[test]
fn places_are_kept_for_the_rungs_that_are_soon_to_come() {
    let rungs = [("voice", 180), ("sms", 60), ("sms", 90)];
    assert_eq!(held(&[("push", 0)], &rungs, 1), Some(120), "the first of them tells it");
    assert_eq!(held(&[("push", 0)], &rungs, 80), Some(140), "it leaves at any moment");
    assert_eq!(held(&[("push", 0)], &rungs, 600), None, "nothing waits longer than the window");
    assert_eq!(held(&[("push", 0), ("sms", 60)], &rungs, 61), Some(240));
    assert_eq!(held(&[("push", 0)], &[("voice", 180)], 1), Some(60), "the last place gathers");
    assert_eq!(held(&[("push", 0)], &[("voice", 70), ("push", 70), ("voice", 60)], 60), None, "each is one");
    assert_eq!(held(&[("push", 0), ("voice", 30)], &[("voice", 95)], 90), None, "it is no rung any more");
    let full = [("push", 0), ("push", 1), ("push", 61)];
    assert_eq!(held(&full, &[("voice", 200)], 70), Some(601), "when there is room besides the rung");
}

#[test]
fn news_does_not_wait_for_a_rung_that_is_far_away() {
    let slow = [("sms", 480), ("voice", 540)];
    assert_eq!(held(&[("push", 0)], &slow, 30), None, "two incidents are no storm");
    assert_eq!(held(&[("push", 0), ("push", 30)], &slow, 40), Some(90), "the last place gathers");
    assert_eq!(held(&[("push", 0), ("push", 30), ("push", 90)], &slow, 100), Some(600));
    // What comes soon after one that is far away is far away itself.
    assert_eq!(held(&[("push", 0)], &[("sms", 181), ("voice", 182)], 30), None);
    assert_eq!(held(&[("push", 0)], &[("sms", 180), ("voice", 360)], 30), Some(240));
}

#[test]
fn a_contact_that_carried_nothing_yet_is_never_held() {
    let pushes = [("other", 0), ("other", 10), ("other", 70), ("other", 80)];
    assert_eq!(held(&pushes, &[("sms", 95), ("voice", 99)], 90), None);
    // Nor one that carried nothing for long.
    let long_ago = [("push", 0), ("sms", 60), ("sms", 120), ("sms", 180)];
    assert_eq!(held(&long_ago, &[], 599), Some(600));
    assert_eq!(held(&long_ago, &[], 600), None);
}

#[test]
fn what_is_more_severe_than_all_else_leaves_at_once() {
    let mut told = sent(&[("push", 0), ("push", 10), ("push", 70)]);
    let until = |told: &[Sent], severity| held_until(&push(severity), told, &[], seconds(80));
    assert_eq!(until(&told, Severity::Critical), None);
    assert_eq!(until(&told, Severity::Error), Some(seconds(600)));
    told[1].severity = Severity::Critical;
    assert_eq!(until(&told, Severity::Critical), Some(seconds(600)), "once");
    let unhurried = Leaving { severity: None, ..push(Severity::Critical) };
    assert_eq!(held_until(&unhurried, &told, &[], seconds(80)), Some(seconds(600)));
}

#[test]
fn the_repeats_of_one_incident_are_never_held() {
    let told = sent(&[("push", 0), ("push", 60), ("push", 120), ("push", 180)]);
    let repeat = Leaving { is_alone: true, ..push(Severity::Error) };
    assert_eq!(held_until(&repeat, &told, &[], seconds(240)), None);
}

#[test]
fn word_of_the_end_waits_for_a_minute_at_most_and_only_for_its_own_contact() {
    let until = |told: &[(&str, i64)], now| {
        gathered_until(&Leaving { severity: None, ..push(Severity::Error) }, &sent(told), seconds(now))
    };
    assert_eq!(until(&[], 0), None);
    assert_eq!(until(&[("push", 0)], 20), Some(seconds(60)));
    assert_eq!(until(&[("push", 0)], 60), None);
    assert_eq!(until(&[("push", 0), ("push", 60), ("push", 120), ("push", 180)], 200), Some(seconds(240)));
    assert_eq!(until(&[("sms", 10)], 20), None);
    assert_eq!(until(&[("push", 9_000)], 20), Some(seconds(80)), "a clock was set back");
    let alone = Leaving { severity: None, is_alone: true, ..push(Severity::Error) };
    assert_eq!(gathered_until(&alone, &sent(&[("push", 0)]), seconds(20)), None);
}

#[test]
fn a_clock_that_was_set_back_holds_nothing_for_longer_than_the_window() {
    assert_eq!(held(&[("push", 9_000), ("push", 9_010), ("push", 9_020)], &[], 100), Some(700));
}

/// A page that a person is owed.
struct Owed {
    incident: usize,
    contact: usize,
    due: i64,
    is_sent: bool,
}

/// A message that left: when, by which contact, with which incidents.
type Left = (i64, usize, Vec<usize>);

/// Plays three quarters of an hour in which incidents begin at these seconds for a person with this ladder who never answers.
/// Every second what is due leaves or is held; a message has everything in it that is due for its person.
fn play(ladder: &[i64], begin: &[i64]) -> Vec<Left> {
    let rungs = |(incident, &began): (usize, &i64)| {
        let rung = move |(contact, &wait): (usize, &i64)| {
            let due = began + wait;
            Owed { incident, contact, due, is_sent: false }
        };
        ladder.iter().enumerate().map(rung).collect::<Vec<_>>()
    };
    let mut owed: Vec<Owed> = begin.iter().enumerate().flat_map(rungs).collect();
    let (mut left, mut told): (Vec<Left>, Vec<Sent>) = (Vec::new(), Vec::new());
    for (turn, now) in (0..2_700).enumerate() {
        // The order in which contacts come is nobody's promise.
        let contacts: Vec<usize> = (0..ladder.len()).map(|n| (n + turn) % ladder.len()).collect();
        for contact in contacts {
            let due = |one: &&Owed| !one.is_sent && one.due <= now;
            let mut own: Vec<usize> =
                owed.iter().filter(due).filter(|it| it.contact == contact).map(|it| it.incident).collect();
            own.dedup();
            let Some(&first) = own.first() else { continue };
            let name = contact.to_string();
            let is_ahead = |one: &&Owed| !one.is_sent && one.due < now + 600;
            let when = |one: &Owed| (one.contact.to_string(), seconds(one.due));
            let ahead: Vec<(String, Timestamp)> = owed.iter().filter(is_ahead).map(when).collect();
            let recent = left.iter().filter(|(at, ..)| at + 600 > now);
            let is_alone =
                own.len() == 1 && recent.clone().all(|(.., with)| with.iter().all(|it| *it == first));
            let leaving = Leaving { contact: &name, severity: Some(Severity::Error), is_alone };
            if held_until(&leaving, &told, &ahead, seconds(now)).is_some() {
                let is_fresh = recent.clone().all(|(_, by, _)| *by != contact);
                assert!(!is_fresh && !is_alone, "a rung is held at {now}");
                continue;
            }
            let with: Vec<usize> = owed.iter().filter(due).map(|one| one.incident).collect();
            owed.iter_mut()
                .filter(|it| it.contact == contact && it.due <= now)
                .for_each(|it| it.is_sent = true);
            let message = NotificationId(Uuid::from_u128(left.len() as u128));
            told.push(Sent { message, contact: name, at: seconds(now), severity: Severity::Error });
            left.push((now, contact, with));
        }
    }
    assert!(owed.iter().all(|one| one.is_sent), "nothing is dropped");
    left
}

/// The most messages in any ten minutes.
fn most(left: &[Left]) -> usize {
    let within = |from: i64| left.iter().filter(|(at, ..)| (from..from + 600).contains(at)).count();
    left.iter().map(|(at, ..)| within(*at)).max().unwrap_or_default()
}

#[test]
fn five_hundred_incidents_in_ten_minutes_are_three_messages_with_the_whole_list() {
    let begin: Vec<i64> = (0..500).map(|n| n * 600 / 500).collect();
    let left = play(&[0, 60, 180], &begin);
    let when: Vec<(i64, usize)> = left.iter().map(|(at, by, _)| (*at, *by)).take(6).collect();
    assert_eq!(when, [(0, 0), (60, 1), (180, 2), (600, 0), (660, 1), (780, 2)]);
    for (at, _, with) in &left[1..4] {
        let unanswered = begin.iter().filter(|began| **began <= *at).count();
        // All but the first, whose page by this contact has left, are waiting for one.
        let listed = (0..unanswered).filter(|it| with.contains(it)).count();
        assert!(listed + 1 >= unanswered, "{listed} of {unanswered} at {at}");
    }
    assert_eq!(most(&left), MOST_PAGES);
}

#[test]
fn nobody_gets_more_than_three_pages_in_ten_minutes_and_no_rung_is_held() {
    let mut seed = 1_u64;
    let mut random = move |below: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from((seed >> 33) % below).unwrap()
    };
    for story in 0..48 {
        let ladders: [&[i64]; 8] = [
            &[0],
            &[0, 0],
            &[0, 180],
            &[0, 60, 180],
            &[0, 120, 300],
            &[60, 60, 240],
            &[0, 480],
            &[0, 480, 540],
        ];
        let ladder = ladders[story % ladders.len()];
        let span = 1 + random(1_200);
        let count = 2 + random(40);
        let mut begin: Vec<i64> = (0..count).map(|_| random(u64::try_from(span).unwrap())).collect();
        begin.sort_unstable();
        let left = play(ladder, &begin);
        // What a ladder says minutes later is never held, and nothing waits for it.
        let far = ladder.windows(2).position(|pair| pair[1] - pair[0] > 180);
        let far = far.map_or(0, |place| ladder.len() - 1 - place);
        assert!(most(&left) <= MOST_PAGES + far, "{ladder:?}, {begin:?}: {left:?}");
        for (incident, began) in begin.iter().enumerate() {
            let first = left.iter().find(|(.., with)| with.contains(&incident)).unwrap();
            let due = began + ladder[0];
            assert!(first.0 <= due + 600, "nobody waits longer than the window");
            let before = |at: i64| left.iter().filter(|(it, ..)| (at - 599..=at).contains(it)).count();
            let had_room = (due..first.0).all(|at| before(at) < MOST_PAGES);
            let most_waits = if far > 0 { 60 } else { 240 };
            assert!(!had_room || first.0 <= due + most_waits, "{ladder:?}, {begin:?}: {left:?}");
        }
    }
}
