//! A random team: who there is, how they are reached, who is called when, and what depends on what.

use crate::{feed::StatusPage, rng::Rng};

/// The components of every provider.
pub(super) const COMPONENTS: [&str; 3] = ["API", "Checkout", "Search"];

const PEOPLE: [&str; 3] = ["ana", "bo", "cy"];

/// A team and its providers.
pub(super) struct Team {
    pub(super) toml: String,
    pub(super) providers: Vec<String>,
    pub(super) people: usize,
    pub(super) services: u64,
    /// Every address that a message can go to.
    pub(super) addresses: Vec<String>,
}

pub(super) fn team(rng: &mut Rng) -> Team {
    let people = usize::try_from(rng.within(1, 3)).unwrap_or(1);
    let mut team =
        Team { toml: String::new(), providers: Vec::new(), people, services: 0, addresses: Vec::new() };
    team.toml.push_str("[organization]\nslug = \"acme\"\nname = \"Acme\"\n");
    if rng.chance(0.2) {
        let timeout = rng.within(3, 20);
        line(&mut team, &format!("[paging]\nack_timeout = \"{timeout}m\""));
    }
    for (number, name) in PEOPLE.iter().take(people).enumerate() {
        person(&mut team, rng, number, name);
    }
    on_call(&mut team, rng);
    let providers = rng.within(1, 4);
    for number in 0..providers {
        let slug = format!("provider-{number}");
        let feed = StatusPage::feed(&slug);
        line(
            &mut team,
            &format!(
                "[[provider]]\nslug = \"{slug}\"\nname = \"{slug}\"\ncategory = \"Things\"\nfeed = \"{feed}\"\ninterval = \"5m\""
            ),
        );
        team.providers.push(slug);
    }
    team.services = rng.within(1, 4);
    for number in 0..team.services {
        service(&mut team, rng, number);
    }
    line(
        &mut team,
        "[[status_page]]\nslug = \"acme\"\n[[status_page.group]]\nname = \"All\"\nservices = [\"service-0\"]",
    );
    team
}

fn line(team: &mut Team, text: &str) {
    team.toml.push_str(text);
    team.toml.push('\n');
}

fn person(team: &mut Team, rng: &mut Rng, number: usize, name: &str) {
    let role = if number == 0 { "owner" } else { "responder" };
    line(team, &format!("[[user]]\nemail = \"{name}@acme.test\"\nname = \"{name}\"\nrole = \"{role}\""));
    let hook = format!("https://phone.test/{name}");
    line(team, &format!("[[user.contact]]\nid = \"hook\"\nkind = \"webhook\"\nurl = \"{hook}\""));
    team.addresses.push(hook);
    if rng.chance(0.6) {
        let mail = format!("{name}@acme.test");
        line(team, &format!("[[user.contact]]\nid = \"mail\"\nkind = \"email\"\naddress = \"{mail}\""));
        let after = rng.pick(&["0s", "1m", "4m"]);
        line(team, "[[user.notify]]\nafter = \"0s\"\ncontact = \"hook\"");
        line(team, &format!("[[user.notify]]\nafter = \"{after}\"\ncontact = \"mail\""));
        team.addresses.push(mail);
        if rng.chance(0.3) {
            line(team, "[[user.notify_low]]\nafter = \"2m\"\ncontact = \"mail\"");
        }
    }
    if rng.chance(0.25) {
        let (from, hours) = (rng.within(0, 23), rng.within(1, 9));
        let to = (from + hours) % 24;
        line(
            team,
            &format!("[[user.quiet]]\ndays = \"Mon-Sun\"\nfrom = \"{from:02}:00\"\nto = \"{to:02}:00\""),
        );
    }
}

fn on_call(team: &mut Team, rng: &mut Rng) {
    let everyone: Vec<String> =
        PEOPLE.iter().take(team.people).map(|name| format!("\"{name}@acme.test\"")).collect();
    let everyone = everyone.join(", ");
    let rotation = rng.pick(&["daily", "weekly", "12h", "1h"]);
    line(team, "[[schedule]]\nslug = \"primary\"\n[[schedule.layer]]");
    line(team, &format!("rotation = \"{rotation}\"\nparticipants = [{everyone}]"));
    line(team, &format!("[[team]]\nslug = \"all\"\nmembers = [{everyone}]"));
    let mut targets = vec!["schedule:primary".to_owned(), "team:all".to_owned()];
    targets.extend(PEOPLE.iter().take(team.people).map(|name| format!("user:{name}@acme.test")));
    if rng.chance(0.4) {
        line(team, "[[channel]]\nslug = \"ops\"\nkind = \"webhook\"\nurl = \"https://room.test/ops\"");
        team.addresses.push("https://room.test/ops".to_owned());
        targets.push("channel:ops".to_owned());
    }
    policy(team, rng, "default", &targets);
    policy(team, rng, "other", &targets);
}

fn policy(team: &mut Team, rng: &mut Rng, slug: &str, targets: &[String]) {
    let repeat = rng.within(0, 2);
    line(team, &format!("[[escalation_policy]]\nslug = \"{slug}\"\nrepeat = {repeat}"));
    let mut after = 0;
    for _ in 0..rng.within(1, 3) {
        let mut notify = vec![rng.pick(targets)];
        if rng.chance(0.3) {
            let another = rng.pick(targets);
            notify.extend(Some(another).filter(|another| !notify.contains(another)));
        }
        let notify: Vec<String> = notify.into_iter().map(|target| format!("\"{target}\"")).collect();
        let notify = notify.join(", ");
        line(team, &format!("[[escalation_policy.step]]\nafter = \"{after}m\"\nnotify = [{notify}]"));
        if rng.chance(0.3) {
            line(team, "round_robin = true");
        }
        if rng.chance(0.25) {
            let (word, condition) = (*rng.pick(&["when", "unless"]), condition(rng));
            line(team, &format!("{word} = [ {condition} ]"));
        }
        after += rng.within(2, 9);
    }
}

fn condition(rng: &mut Rng) -> String {
    let (from, hours) = (rng.within(0, 23), rng.within(2, 16));
    let to = (from + hours) % 24;
    let days = *rng.pick(&["Mon-Sun", "Mon-Fri"]);
    let severity = *rng.pick(&["critical", "error"]);
    match rng.within(0, 2) {
        0 => format!("{{ severity = \"{severity}\" }}"),
        1 => format!("{{ days = \"{days}\", from = \"{from:02}:00\", to = \"{to:02}:00\" }}"),
        _ => format!(
            "{{ severity = \"{severity}\", days = \"{days}\", from = \"{from:02}:00\", to = \"{to:02}:00\" }}"
        ),
    }
}

fn service(team: &mut Team, rng: &mut Rng, number: u64) {
    // The first always pages at once for the first provider: the last outage of every story is about it.
    let is_first = number == 0;
    let provider = if is_first { "provider-0".to_owned() } else { rng.pick(&team.providers).clone() };
    let components = match rng.within(0, 2) {
        0 => String::new(),
        1 => "\"API\"".to_owned(),
        _ => "\"API\", \"Checkout\"".to_owned(),
    };
    let (effect, page, hold) = if is_first {
        ("mirror", "partial_outage", "0s")
    } else {
        (
            *rng.pick(&["mirror", "mirror", "soften", "annotate"]),
            *rng.pick(&["degraded_performance", "partial_outage", "major_outage", "never"]),
            *rng.pick(&["0s", "0s", "3m", "10m"]),
        )
    };
    let policy = if is_first { "default" } else { *rng.pick(&["default", "other"]) };
    let publish = rng.pick(&["auto", "draft", "never"]);
    line(
        team,
        &format!(
            "[[service]]\nslug = \"service-{number}\"\nname = \"Service {number}\"\nescalation_policy = \"{policy}\"\n\
         [[service.depends_on]]\nprovider = \"{provider}\"\ncomponents = [{components}]\neffect = \"{effect}\"\n\
         page = \"{page}\"\npublish = \"{publish}\"\nhold = \"{hold}\""
        ),
    );
}
