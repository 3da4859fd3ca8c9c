//! Every row of the table against every way to misbehave over HTTP, on a clock that is set.

use std::time::Duration;

use domain::NotificationState;
use outbound::Options;
use store::contacts;
use testkit::{
    browser::Browser,
    vendor::{Door, Mood, Vendor, skip},
};

use super::{
    Kind, kinds, phones,
    scene::{ACCEPTED, AGAIN, REFUSED, Scene, runtime, second},
};

/// What a call may take in all.
const CALL_TAKES: Duration = Duration::from_secs(15);

/// How long a lease lasts, and a little more.
const LEASE_OVER: Duration = Duration::from_secs(46);

/// One person for each kind, and a vendor for all kinds.
struct Stage {
    scene: Scene,
    vendor: Vendor,
}

fn answers((status, body): (u16, &str)) -> Mood {
    Mood::Answers(status, Vec::new(), body.to_owned())
}

impl Stage {
    fn outage(door: Door) -> Self {
        let runtime = runtime();
        let vendor = runtime.block_on(Vendor::open(door));
        for kind in kinds() {
            vendor.usually(kind.path, answers(kind.well));
            if let Some((path, well)) = kind.again {
                vendor.usually(path, answers(well));
            }
        }
        let base = vendor.url("");
        let contact = |kind: &Kind| {
            let word = kind.word.split('-').next().unwrap_or_default();
            let keys = (kind.keys)(&base);
            assert!(keys.contains(&format!("kind = \"{word}\"")), "{keys}");
            (kind.word, keys)
        };
        let people: Vec<_> = kinds().map(contact).collect();
        let options = Options { roots: vendor.root().into_iter().collect(), ..Options::default() };
        Self { scene: Scene::outage(runtime, &people, options, phones::telephony(&base)), vendor }
    }

    /// All have the same mood at their first request.
    fn first_request(mood: &Mood) -> Self {
        let stage = Self::outage(Door::Plain);
        for kind in kinds() {
            stage.vendor.next(kind.path, mood.clone());
        }
        stage
    }

    /// Expects that the first try of each failed so, that the person was paged by their next contact at once, and that the page
    /// is with its vendor at the second try, by which nobody can tell it from the first.
    fn expect_second_try(&self, words: &str, may_have_arrived: bool) {
        for kind in kinds() {
            self.scene.expect_again_soon(kind.word, words);
            self.scene.expect_tries(kind.word, &[(AGAIN, may_have_arrived)]);
        }
        assert!(self.scene.until_next_try());
        self.scene.send();
        self.expect_same_again(may_have_arrived);
    }

    fn expect_same_again(&self, may_have_arrived: bool) {
        for kind in kinds() {
            self.scene.expect_tries(kind.word, &[(AGAIN, may_have_arrived), (ACCEPTED, true)]);
            let attempts = self.scene.attempts(kind.word);
            let is_same = attempts[0].id == attempts[1].id;
            assert_eq!(is_same, may_have_arrived, "{}: what may be there is the same attempt", kind.word);
            let page = self.scene.page(kind.word);
            assert_eq!((page.state, page.tries), (NotificationState::Sent, 2), "{}: {page:?}", kind.word);
            assert_eq!(self.scene.well.heard(&second(kind.word)).len(), 1, "{}", kind.word);
            self.expect_one_identity(kind);
        }
    }

    /// Expects two requests that the vendor, or the reader, knows as one message.
    fn expect_one_identity(&self, kind: &Kind) {
        let mut heard = self.vendor.heard(kind.path);
        if kind.again_path() != kind.path {
            heard.extend(self.vendor.heard(kind.again_path()));
        }
        let [first, again] = heard.as_slice() else { panic!("{}: {} requests", kind.word, heard.len()) };
        let id = (kind.identity)(first);
        assert!(!id.is_empty() && id == (kind.identity)(again), "{}: {id}", kind.word);
    }
}

#[test]
fn each_kind_speaks_its_vendors_wire_form_over_tls_from_the_page_to_the_end() {
    let Stage { scene, vendor } = Stage::outage(Door::Tls);
    scene.send();
    for kind in kinds() {
        scene.expect_tries(kind.word, &[(ACCEPTED, true)]);
        let heard = vendor.heard(kind.path);
        let [heard] = heard.as_slice() else { panic!("{}: {} requests", kind.word, heard.len()) };
        assert_eq!(heard.method, kind.method, "{}", kind.word);
        assert!((kind.is_wire_form)(heard), "{}: {heard:?} {}", kind.word, heard.json());
    }
    scene.provider_sets("operational", Duration::from_secs(600));
    scene.send();
    for kind in kinds().filter(|kind| kind.end_path != Some("")) {
        let end_path = kind.end_path.unwrap_or(kind.path);
        let heard = vendor.heard(end_path);
        assert!(heard.len() > usize::from(end_path == kind.path), "{} was not told of the end", kind.word);
    }
    let paths = vendor.paths();
    assert!(paths.iter().any(|path| path.ends_with("/close?identifierType=alias")), "{paths:?}");
    assert!(paths.iter().any(|path| path.contains("/receipts/cancel_by_tag/")), "{paths:?}");
}

#[test]
fn trouble_of_the_vendors_server_is_followed_by_the_same_message_again() {
    let stage = Stage::first_request(&answers((503, "<h1>sorry</h1>")));
    stage.scene.send();
    stage.expect_second_try("503", true);
}

/// In seconds or as a date: it is an instant, which passes by the clock on the wall.
#[test]
fn a_vendor_that_asks_for_time_gets_it() {
    for asks in ["retry-after: 123", "retry-after: Mon, 02 Mar 2026 08:04:03 GMT"] {
        let stage = Stage::first_request(&Mood::Answers(429, vec![asks.to_owned()], String::new()));
        let scene = &stage.scene;
        let until = match asks.contains("GMT") {
            true => "2026-03-02T08:04:03Z".parse().unwrap(),
            false => scene.now().checked_add(Duration::from_secs(123)).unwrap(),
        };
        assert!(until > scene.now());
        scene.send();
        for kind in kinds() {
            let page = scene.page(kind.word);
            assert_eq!(
                (page.state, page.next_try_at),
                (NotificationState::Pending, Some(until)),
                "{}: {page:?}",
                kind.word
            );
            scene.expect_tries(kind.word, &[(AGAIN, false)]);
        }
        scene.world.clock.set(until.checked_sub(Duration::from_millis(1)).unwrap());
        scene.send();
        assert!(kinds().all(|kind| scene.attempts(kind.word).len() == 1), "not a moment before");
        scene.world.clock.set(until);
        scene.send();
        stage.expect_same_again(false);
    }
}

#[test]
fn an_exchange_that_is_cut_is_made_again_and_may_have_arrived() {
    let stage = Stage::first_request(&Mood::Cuts);
    stage.scene.send();
    stage.expect_second_try("broke off", true);
}

#[test]
fn a_vendor_that_does_not_answer_holds_nobody_up_and_is_asked_again() {
    let stage = Stage::first_request(&Mood::Slow);
    // The limit is the real one; nobody waits for it.
    stage.scene.send_while(async {
        stage.vendor.until_heard(kinds().count()).await;
        skip(CALL_TAKES).await;
    });
    stage.expect_second_try("no whole answer within 15 s", true);
}

/// Of an answer that is cut, or has no end, the head is there: it decides where nothing is missed in the rest.
#[test]
fn the_head_of_an_answer_decides_where_the_rest_is_not_needed() {
    for mood in [Mood::CutsShort, Mood::Endless] {
        let stage = Stage::first_request(&mood);
        stage.scene.send();
        let (needed, rest): (Vec<&Kind>, Vec<&Kind>) = kinds().partition(|kind| kind.is_answer_needed());
        for kind in rest {
            stage.scene.expect_tries(kind.word, &[(ACCEPTED, true)]);
        }
        for kind in &needed {
            stage.scene.expect_again_soon(kind.word, "the rest of the answer is missing");
            stage.scene.expect_tries(kind.word, &[(AGAIN, true)]);
        }
        assert!(stage.scene.until_next_try());
        stage.scene.send();
        for kind in &needed {
            stage.scene.expect_tries(kind.word, &[(AGAIN, true), (ACCEPTED, true)]);
            stage.expect_one_identity(kind);
        }
    }
}

#[test]
fn a_process_that_dies_before_the_answer_makes_the_same_attempt_again() {
    let Stage { mut scene, vendor } = Stage::first_request(&Mood::Slow);
    scene.send_and_die(vendor.until_heard(kinds().count()));
    let attempts_before: Vec<_> = kinds().map(|kind| scene.attempts(kind.word)).collect();
    for (kind, attempts) in kinds().zip(&attempts_before) {
        let [attempt] = attempts.as_slice() else { panic!("{}: {attempts:?}", kind.word) };
        assert_eq!((attempt.outcome, attempt.ended_at), (None, None), "{}: nobody knows", kind.word);
    }
    scene.world.clock.set(scene.now().checked_add(LEASE_OVER).unwrap());
    scene.send();
    let stage = Stage { scene, vendor };
    for (kind, before) in kinds().zip(&attempts_before) {
        stage.scene.expect_tries(kind.word, &[(ACCEPTED, true)]);
        assert_eq!(stage.scene.attempts(kind.word)[0].id, before[0].id, "{}", kind.word);
        let heard = stage.vendor.heard(kind.path);
        let [first, again] = heard.as_slice() else { panic!("{}: {} requests", kind.word, heard.len()) };
        assert_eq!((kind.identity)(first), (kind.identity)(again), "{}", kind.word);
    }
}

#[test]
fn a_redirect_is_refused_with_what_to_do_and_another_way_is_taken_at_once() {
    let stage = Stage::outage(Door::Plain);
    let Stage { scene, vendor } = &stage;
    for kind in kinds() {
        let to = format!("location: {}", scene.well.url("/elsewhere"));
        vendor.next(kind.path, Mood::Answers(307, vec![to], String::new()));
    }
    let at = scene.now();
    scene.send();
    assert_eq!(scene.now(), at);
    for kind in kinds().filter(|kind| kind.again.is_none()) {
        scene.expect_refused(kind.word, "it has moved; enter its new address");
        scene.expect_tries(kind.word, &[(REFUSED, false)]);
    }
    // That one carrier has moved says nothing about the other.
    assert!(scene.until_next_try());
    scene.send();
    for kind in kinds().filter(|kind| kind.again.is_some()) {
        scene.expect_tries(kind.word, &[(AGAIN, false), (ACCEPTED, true)]);
        stage.expect_one_identity(kind);
    }
    assert!(scene.well.heard("/elsewhere").is_empty(), "what is secret goes nowhere else");
}

#[test]
fn a_wrong_certificate_is_no_connection_and_the_next_contact_is_paged() {
    let Stage { scene, vendor } = Stage::outage(Door::WrongName);
    scene.send();
    for kind in kinds() {
        scene.expect_again_soon(kind.word, "is not trusted");
    }
    while scene.until_next_try() {
        scene.send();
    }
    scene.send();
    for kind in kinds() {
        scene.expect_refused(kind.word, "is not trusted");
        scene.expect_tries(kind.word, &[(AGAIN, false), (AGAIN, false), (AGAIN, false), (REFUSED, false)]);
    }
    assert!(vendor.paths().is_empty(), "nothing is said to a stranger");
}

#[test]
fn a_push_service_can_tell_who_sends() {
    let Stage { scene, vendor } = Stage::outage(Door::Tls);
    scene.send();
    let heard = vendor.heard("/web_push/JzLQ3raZ").remove(0);
    let (origin, public) = (vendor.url(""), scene.shell.key.push_key().public());
    assert!(Browser::is_let_in(&heard, &origin, &public, scene.now()), "{heard:?}");
    assert!(!Browser::is_let_in(&heard, "https://other.test", &public, scene.now()));
}

#[test]
fn a_browser_that_is_gone_is_not_asked_again_and_its_owner_can_see_why() {
    for (status, words) in [
        (404, "taken its permission back; open the push page on it again"),
        (410, "taken its permission back; open the push page on it again"),
        (413, "takes no message of this length"),
    ] {
        let Stage { scene, vendor } = Stage::outage(Door::Plain);
        vendor.next("/web_push/JzLQ3raZ", answers((status, "")));
        scene.send();
        scene.expect_refused("web_push", words);
        scene.expect_tries("web_push", &[(REFUSED, false)]);
        let known = scene.world.read(contacts::list);
        let browser = known.iter().find(|state| state.contact == "web_push").unwrap();
        assert_eq!(browser.standing(), domain::contact::Standing::Failing, "{browser:?}");
        assert!(browser.last_answer.as_deref().unwrap_or_default().contains(words), "{browser:?}");
        assert!(!scene.until_next_try());
        scene.send();
        assert_eq!(vendor.heard("/web_push/JzLQ3raZ").len(), 1);
    }
}
