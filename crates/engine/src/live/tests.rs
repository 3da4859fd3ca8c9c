//! What is remembered of changes, and what is said to who was away too long.

use super::*;

fn event(number: i64) -> Event {
    Event {
        number,
        provider: "pay".into(),
        category: "shops".into(),
        line: format!("{{\"n\":{number}}}").into(),
    }
}

fn numbers(news: News) -> Vec<i64> {
    match news {
        News::Events(events) => events.into_iter().map(|event| event.number).collect(),
        News::Gap(newest) => panic!("a gap up to {newest}"),
    }
}

#[test]
fn a_listener_gets_what_came_after_the_last_it_has() {
    let live = Live::default();
    assert_eq!(numbers(live.news_after(0)), Vec::<i64>::new());
    assert_eq!(live.news_after(7), News::Gap(0), "a number that was never given");
    live.tell((5..=9).map(event).collect());
    assert_eq!(numbers(live.news_after(4)), [5, 6, 7, 8, 9]);
    assert_eq!(numbers(live.news_after(7)), [8, 9]);
    assert_eq!(numbers(live.news_after(9)), Vec::<i64>::new());
    assert_eq!(live.news_after(3), News::Gap(9), "4 is forgotten");
    assert_eq!(live.news_after(10), News::Gap(9));
    assert_eq!(*live.listen().borrow(), 9);
}

#[test]
fn the_log_is_bounded_and_handed_out_in_parts() {
    let live = Live::default();
    live.tell((1..=5_000).map(event).collect());
    assert_eq!(live.news_after(0), News::Gap(5_000));
    let first = numbers(live.news_after(1_000));
    assert_eq!((first.len(), first[0]), (256, 1_001));
    assert_eq!(numbers(live.news_after(4_999)), [5_000]);
}

#[test]
fn seats_are_given_back() {
    let live = Live::default();
    let taken: Vec<_> = (0..SEATS).map_while(|_| live.seat()).collect();
    assert_eq!(taken.len(), SEATS);
    assert!(live.seat().is_none());
    drop(taken);
    assert!(live.seat().is_some());
}
