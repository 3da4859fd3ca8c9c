//! Mail, against a server that misbehaves in the ways of SMTP: some at a step, for one receiver and not for the others.

use std::time::Duration;

use domain::NotificationState;
use formats::channels::telephony::Telephony;
use outbound::{MailSecurity, Options};
use testkit::{
    post_office::{PostOffice, Step, Trouble},
    vendor::{Door, skip},
};

use super::scene::{ACCEPTED, AGAIN, REFUSED, Scene, Try, runtime};

/// What a mail may take in all.
const MAIL_TAKES: Duration = Duration::from_secs(30);

/// What a mail meets, what the ledger says of that try, and its words.
struct Row {
    person: &'static str,
    meets: Option<Trouble>,
    first: Try,
    words: &'static str,
}

const fn row(person: &'static str, meets: Trouble, first: Try, words: &'static str) -> Row {
    Row { person, meets: Some(meets), first, words }
}

const ROWS: &[Row] = &[
    Row { person: "well", meets: None, first: (ACCEPTED, true), words: "250 queued as 42" },
    row("grey", Trouble::Says(Step::To, "451 4.7.1 Greylisted, try later"), (AGAIN, false), "Greylisted"),
    row("busy", Trouble::Says(Step::To, "450 4.2.1 Mailbox busy"), (AGAIN, false), "Mailbox busy"),
    row("full", Trouble::Says(Step::To, "452 4.2.2 Mailbox full"), (AGAIN, false), "Mailbox full"),
    row("leaving", Trouble::Says(Step::To, "421 4.3.2 Closing"), (AGAIN, false), "Closing"),
    row("unready", Trouble::Says(Step::Data, "451 4.3.0 Not now"), (AGAIN, false), "Not now"),
    row("slowed", Trouble::Says(Step::End, "421 4.7.0 Too many messages"), (AGAIN, false), "Too many"),
    row("nobody", Trouble::Says(Step::To, "550 5.1.1 No such user"), (REFUSED, false), "No such user"),
    // The redirect of SMTP.
    row("moved", Trouble::Says(Step::To, "551 5.1.6 Try <x@else.test>"), (REFUSED, false), "x@else.test"),
    row("spam", Trouble::Says(Step::End, "554 5.7.1 Looks like spam"), (REFUSED, false), "spam"),
    row("cut-early", Trouble::Cuts(Step::Data), (AGAIN, false), ""),
    // The server has the mail and nobody knows.
    row("cut-late", Trouble::Cuts(Step::End), (AGAIN, true), ""),
];

fn address(person: &str) -> String {
    format!("{person}@mail.test")
}

fn people<'a>(persons: impl Iterator<Item = &'a Row>) -> Vec<(&'static str, String)> {
    persons
        .map(|row| (row.person, format!("kind = \"email\", address = \"{}\"", address(row.person))))
        .collect()
}

/// People whose mail goes to one server.
fn outage(door: Door, security: MailSecurity) -> (Scene, PostOffice) {
    outage_for(ROWS.iter(), door, security)
}

fn outage_for<'a>(
    rows: impl Iterator<Item = &'a Row>,
    door: Door,
    security: MailSecurity,
) -> (Scene, PostOffice) {
    let runtime = runtime();
    let office = runtime.block_on(PostOffice::open(door));
    let roots = office.root().into_iter().collect();
    let options = Options { mail: Some(office.server(security)), roots, ..Options::default() };
    (Scene::outage(runtime, &people(rows), options, Telephony::default()), office)
}

#[test]
fn each_answer_to_a_mail_means_something_and_only_to_its_own_receiver() {
    let (scene, office) = outage(Door::Tls, MailSecurity::StartTls);
    for row in ROWS {
        row.meets.iter().for_each(|trouble| office.next(&address(row.person), *trouble));
    }
    scene.send();
    for Row { person, first, words, .. } in ROWS {
        scene.expect_tries(person, &[*first]);
        if first.0 == ACCEPTED {
            assert_eq!(scene.page(person).state, NotificationState::Sent, "{person}");
        } else if first.0 == REFUSED {
            scene.expect_refused(person, words);
        } else {
            scene.expect_again_soon(person, words);
        }
    }
    assert!(scene.until_next_try());
    scene.send();
    for row in ROWS {
        let letters = office.letters(&address(row.person));
        let page = scene.page(row.person);
        if row.first.0 != AGAIN {
            assert!(page.next_try_at.is_none() && letters.len() <= 1, "{}: {page:?}", row.person);
            continue;
        }
        scene.expect_tries(row.person, &[row.first, (ACCEPTED, true)]);
        let last = letters.last().unwrap();
        let id = format!("<{}@midwatch.test>", page.id);
        assert!(
            letters.iter().all(|letter| letter.header("Message-ID") == id),
            "{}: {letters:?}",
            row.person
        );
        let says_so = last.text.contains("You may have this message already");
        assert_eq!(says_so, row.first.1, "{}: {}", row.person, last.text);
        assert_eq!(page.state, NotificationState::Sent, "{}: {page:?}", row.person);
    }
    assert!(office.letters("x@else.test").is_empty());
}

#[test]
fn a_mail_server_that_says_nothing_holds_nobody_up_and_is_asked_again() {
    let silent = [("grey", Step::To, false), ("busy", Step::Data, false), ("cut-late", Step::End, true)];
    // Nobody else: what is quick must not race with the time that is let pass.
    let rows = ROWS.iter().filter(|row| silent.iter().any(|(person, ..)| *person == row.person));
    let (scene, office) = outage_for(rows, Door::Plain, MailSecurity::None);
    for (person, step, _) in silent {
        office.next(&address(person), Trouble::Silent(step));
    }
    // The limit is the real one; nobody waits for it.
    scene.send_while(async {
        office.until_silent(silent.len()).await;
        skip(MAIL_TAKES).await;
    });
    for (person, _, may_have_arrived) in silent {
        scene.expect_again_soon(person, "the mail server took longer than 30 s");
        scene.expect_tries(person, &[(AGAIN, may_have_arrived)]);
    }
    assert!(scene.until_next_try());
    scene.send();
    for (person, _, may_have_arrived) in silent {
        scene.expect_tries(person, &[(AGAIN, may_have_arrived), (ACCEPTED, true)]);
    }
}

#[test]
fn a_mail_server_that_turns_away_at_the_door_is_asked_again() {
    for (trouble, words) in [
        (Trouble::Says(Step::Greeting, "421 4.3.2 Too busy"), "Too busy"),
        (Trouble::Says(Step::Greeting, "554 5.7.1 You are on a list"), "You are on a list"),
        (Trouble::Cuts(Step::Greeting), ""),
    ] {
        let (scene, office) = outage(Door::Plain, MailSecurity::None);
        for _ in ROWS {
            office.next("", trouble);
        }
        scene.send();
        for row in ROWS {
            scene.expect_again_soon(row.person, words);
            scene.expect_tries(row.person, &[(AGAIN, false)]);
        }
        assert!(scene.until_next_try());
        scene.send();
        for row in ROWS {
            scene.expect_tries(row.person, &[(AGAIN, false), (ACCEPTED, true)]);
        }
    }
}

/// With another's certificate, and with none where there has to be one.
#[test]
fn a_mail_is_not_handed_to_a_stranger_nor_over_an_open_line() {
    for door in [Door::WrongName, Door::Plain] {
        let (scene, office) = outage(door, MailSecurity::StartTls);
        scene.send();
        for row in ROWS {
            scene.expect_again_soon(row.person, "");
        }
        while scene.until_next_try() {
            scene.send();
        }
        scene.send();
        for row in ROWS {
            scene.expect_refused(row.person, "");
            scene.expect_tries(row.person, &[(AGAIN, false); 12]);
        }
        let said = office.commands();
        assert!(
            said.iter().all(|line| line.starts_with("EHLO") || line == "STARTTLS" || line == "QUIT"),
            "{said:?}"
        );
    }
}
