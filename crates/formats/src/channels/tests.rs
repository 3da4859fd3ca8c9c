//! What holds for every kind of destination.

mod apps;
mod chats;
mod letter;
mod limits;

use super::*;

#[test]
fn each_kind_has_one_vendor_and_keys_of_its_own() {
    for (place, vendor) in VENDORS.iter().enumerate() {
        assert!(
            VENDORS[..place].iter().all(|other| other.kind != vendor.kind),
            "{} is there twice",
            vendor.kind
        );
        assert!(!vendor.keys.is_empty() && !vendor.keys.contains(&"kind"), "{}", vendor.kind);
    }
}

#[test]
fn the_status_decides_where_a_vendor_has_no_words_of_its_own() {
    let answer =
        |status, seconds| Answer { status, retry_after: Some(Duration::from_secs(seconds)), body: b"" };
    assert!(matches!(by_status(&answer(202, 0)), Outcome::Accepted { .. }));
    for status in [408, 425, 429, 500, 503] {
        let Outcome::TryAgain { after, may_have_arrived, .. } = by_status(&answer(status, 7)) else {
            panic!("{status} deserves another try");
        };
        assert_eq!((after, may_have_arrived), (Some(Duration::from_secs(7)), status >= 500));
    }
    for status in [301, 308, 400, 401, 404, 410] {
        assert!(matches!(by_status(&answer(status, 0)), Outcome::Refused { .. }), "{status}");
    }
}

#[test]
fn the_head_of_an_answer_is_enough_where_the_rest_of_it_says_nothing_more() {
    let head = |status| Answer { status, retry_after: None, body: b"" };
    let hook = from_json(&serde_json::json!({ "kind": "webhook", "url": "https://x.example/y" })).unwrap();
    assert!(matches!(answered_by_head(&hook, &head(202)), Outcome::Accepted { .. }));
    assert!(matches!(answered_by_head(&hook, &head(404)), Outcome::Refused { .. }));
    let text = from_json(&serde_json::json!({ "kind": "sms", "number": "+393331234567" })).unwrap();
    let outcome = answered_by_head(&text, &head(201));
    assert!(matches!(outcome, Outcome::TryAgain { may_have_arrived: true, .. }), "{outcome:?}");
    assert!(matches!(answered_by_head(&text, &head(400)), Outcome::Refused { .. }));
}

#[test]
fn a_kind_that_there_is_not_is_refused_with_those_that_there_are_and_its_keys_are_not_unknown() {
    let text = "[[channel]]\nslug = \"ops\"\nkind = \"slak\"\nurl = \"https://x.example\"";
    let problems = setup::from_toml(text, &setup::tests::Given::default()).unwrap_err();
    let [problem] = problems.as_slice() else { panic!("one problem is one problem: {problems:?}") };
    assert!(
        problem.message.starts_with("\"slak\" is not one of \"webhook\", \"email\""),
        "{}",
        problem.message
    );
}
