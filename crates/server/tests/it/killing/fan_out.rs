//! A message to many subscribers over real SMTP, by a real process that is killed in the middle: each is told, and whoever is told
//! twice was being told when it died, or was not answered, and the repeat says so.
//!
//! `MIDWATCH_READERS` says how many there are (150 without it).

use std::{collections::BTreeMap, path::Path, time::Duration};

use store::subscribers;

use super::{
    PATIENCE,
    fakes::{Delivery, World, now},
    installation::Installation,
    number, policies,
};

/// Subscribers where nobody says how many.
const READERS: u64 = 150;

/// Messages that can be under way when the process dies.
const UNDER_WAY: usize = 50;

fn configuration(world: &World, ports: [u16; 2], folder: &Path, database_url: &str) -> String {
    let web = world.web_port;
    let installation = policies::installation(world.mail_port, ports, folder, database_url);
    installation
        + &format!(
            r#"
        [[user]]
        email = "owner@acme.test"
        name = "Owner"
        role = "owner"
        [[provider]]
        slug = "p0"
        name = "Provider 0"
        category = "Simulated"
        platform = "statuspage"
        feed = "http://127.0.0.1:{web}/p0/api/v2/summary.json"
        status_page = "http://127.0.0.1:{web}/p0"
        interval = "10s"
        [[service]]
        slug = "checkout"
        name = "Checkout"
        depends_on = [ {{ provider = "p0" }} ]
        [[status_page]]
        slug = "acme"
        title = "Acme"
        group = [ {{ name = "Shop", services = ["checkout"] }} ]
        "#
        )
}

#[test]
fn a_fan_out_that_is_killed_tells_every_subscriber_and_marks_what_comes_twice() {
    let readers = usize::try_from(number("MIDWATCH_READERS", READERS)).unwrap();
    let world = World::start(1, number("MIDWATCH_SEED", 1));
    let installation = Installation::new("fan_out", &world, configuration);
    let process = installation.start();
    process.serving(&world);
    let lines: String = (0..readers).map(|n| format!("reader{n}@readers.test\n")).collect();
    let list = installation.write("readers.csv", &format!("address\n{lines}"));
    let said = installation.run(&["subscriber", "import", "acme", &list, "--consent", "test"]);
    assert!(said.starts_with(&format!("{readers} added")), "{said}");
    let [from, to] = [3600, 7200].map(|ahead| now() + Duration::from_secs(ahead)).map(|at| at.to_string());
    let service = "checkout=degraded_performance";
    installation.run(&["maintenance", "plan", "Move", "--service", service, "--from", &from, "--to", &to]);
    world.wait(readers / 5, PATIENCE);
    process.kill();
    let at_death = world.received().len();
    assert!(at_death >= readers / 5 && at_death < readers, "killed in the middle: {at_death}");
    let process = installation.start();
    let until = now().checked_add(PATIENCE + Duration::from_millis(20 * readers as u64)).unwrap();
    let ledger = installation.ledger();
    while told(&world).len() < readers || ledger.read_blocking(subscribers::news_due).unwrap().is_some() {
        assert!(
            now() < until,
            "{} of {readers}; the log is {}",
            told(&world).len(),
            installation.log().display()
        );
        world.wait(usize::MAX / 2, Duration::from_millis(50));
    }
    process.kill();
    judge(&told(&world));
}

/// What came to each subscriber, in order.
fn told(world: &World) -> BTreeMap<String, Vec<Delivery>> {
    let mut told: BTreeMap<String, Vec<Delivery>> = BTreeMap::new();
    for delivery in world.received() {
        if delivery.to.starts_with("reader") {
            told.entry(delivery.to.clone()).or_default().push(delivery);
        }
    }
    told
}

#[expect(clippy::print_stdout, reason = "the numbers are what this is run for")]
fn judge(told: &BTreeMap<String, Vec<Delivery>>) {
    let mut unexplained = 0;
    for (reader, came) in told {
        let [first, repeats @ ..] = came.as_slice() else { panic!("nothing for {reader}") };
        assert!(
            repeats.iter().all(|repeat| repeat.id == first.id),
            "{reader} was told of two things: {came:#?}"
        );
        assert!(repeats.iter().all(|repeat| repeat.is_marked), "a repeat does not say so: {came:#?}");
        // After a message that was answered nothing comes, but for those under way when the process died.
        unexplained += came.windows(2).filter(|pair| !pair[0].is_cut).count();
    }
    assert!(unexplained <= UNDER_WAY, "{unexplained} came twice by our doing");
    let all: usize = told.values().map(Vec::len).sum();
    let (first, last) =
        (told.values().flatten().map(|it| it.at).min(), told.values().flatten().map(|it| it.at).max());
    let span = first.zip(last).map(|(first, last)| last.duration_since(first));
    println!(
        "{} subscribers told by {all} messages, {unexplained} of them again after the kill; {span:?}",
        told.len()
    );
}
