//! Acts from a shell: what is printed, and what the exit status says.

use std::{
    fs,
    path::{Path, PathBuf},
};

use domain::{
    IncidentId, Phase, Severity,
    incident::{Incident, Response},
    setup::Publish,
};
use store::{Database, Lane, Options, Scope, Tx, incidents, organizations};

use crate::cli::midwatch;

const CONFIG: &str = r#"
    [mail]
    host = "localhost"
    from = "pager@acme.test"

    [organization]
    slug = "acme"

    [[user]]
    email = "ana@acme.test"
    name = "Ana"
    role = "owner"

    [[user]]
    email = "bo@acme.test"
    name = "Bo"

    [[schedule]]
    slug = "primary"
    layer = [ { participants = ["ana@acme.test"] } ]

    [[escalation_policy]]
    slug = "default"
    step = [ { after = "0s", notify = ["schedule:primary"] } ]

    [[service]]
    slug = "checkout"
    escalation_policy = "default"
    labels = { team = "pay" }

    [[status_page]]
    slug = "acme"
    title = "Acme"
    group = [ { name = "Shop", services = ["checkout"] } ]
"#;

/// Runs a command on the installation in this folder; returns its status, and what it printed and said.
pub(crate) fn run(folder: &Path, args: &[&str]) -> (Option<i32>, String) {
    let config = folder.join("midwatch.toml");
    let config = config.to_str().expect("the path is text");
    let output = midwatch(&[&["--config", config][..], args].concat());
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout) + &text(&output.stderr))
}

/// A folder with the configuration applied to a ledger of its own.
pub(crate) struct Shop {
    pub(crate) folder: PathBuf,
    ledger: PathBuf,
}

impl Shop {
    pub(crate) fn open(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("midwatch_{name}_{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let ledger = folder.join("midwatch.db");
        let text = format!("[database]\nurl = \"sqlite://{}\"\n{CONFIG}", ledger.display());
        fs::write(folder.join("midwatch.toml"), text).unwrap();
        let shop = Self { folder, ledger };
        shop.good(&["config", "apply"]);
        shop
    }

    pub(crate) fn good(&self, args: &[&str]) -> String {
        let (code, said) = run(&self.folder, args);
        assert_eq!(code, Some(0), "{args:?}: {said}");
        said
    }

    pub(crate) fn refused(&self, args: &[&str], status: i32, part: &str) {
        let (code, said) = run(&self.folder, args);
        assert_eq!(code, Some(status), "{args:?}: {said}");
        assert!(said.contains(part), "{args:?}: {said}");
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.folder).ok();
    }
}

pub(crate) fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn a_list_of_subscribers_is_imported_whole_or_not_at_all_and_nobody_who_left_comes_back() {
    let shop = Shop::open("subscribers");
    let list = shop.folder.join("list.csv");
    let import = |text: &str, more: &[&str]| {
        fs::write(&list, text).unwrap();
        let file = list.to_str().unwrap();
        let words = ["subscriber", "import", "acme", file, "--consent", "shop form, 2026-01-05"];
        run(&shop.folder, &[&words[..], more].concat())
    };
    let bad = "address,services\nana@readers.test,checkout\nnonsense,\nbo@readers.test,ledger\n";
    let (code, said) = import(bad, &[]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("line 3, address: ") && said.contains("line 4, services: "), "{said}");
    assert!(said.contains("nobody was added"), "{said}");
    assert_eq!(json(&shop.good(&["subscriber", "list", "acme", "--json"])), serde_json::json!([]));
    let (code, said) = import(bad, &["--skip-bad"]);
    assert!(
        code == Some(0) && said.contains("1 added, 0 known already, 0 left the page before, 2 lines"),
        "{said}"
    );
    let good = "address,kinds\n+cy@readers.test,incidents\nANA@readers.test,\ncy@x.test,\ncy@x.test,\n";
    assert!(import(good, &[]).1.contains("2 added, 2 known already"));
    let listed = json(&shop.good(&["subscriber", "list", "acme", "--json"]));
    assert_eq!(listed.as_array().unwrap().len(), 3);
    assert!(
        listed.as_array().unwrap().iter().all(|one| one["consent"] == "shop form, 2026-01-05"),
        "{listed}"
    );
    let exported = shop.good(&["subscriber", "export", "acme"]);
    assert!(exported.contains("'+cy@readers.test,,incidents,"), "no cell is a formula: {exported}");
    assert!(import(&exported, &[]).1.contains("0 added, 3 known already"), "it reads what it wrote");

    let gone = shop.good(&["subscriber", "remove", "acme", "Ana@Readers.test"]);
    assert!(gone.starts_with("1 subscription removed"), "{gone}");
    assert!(import(&exported, &[]).1.contains("0 added, 2 known already, 1 left the page before"));
    shop.refused(&["subscriber", "list", "nobody"], 2, "acme");
    let (code, said) = import("email\n", &[]);
    assert!(code == Some(1) && said.contains("there is no column \"email\""), "{said}");
}

#[test]
fn shifts_are_taken_and_given_back_from_a_shell() {
    let shop = Shop::open("shifts");
    let take = ["oncall", "take", "primary", "--for", "8h", "--by", "bo@acme.test"];
    assert!(shop.good(&take).contains("bo@acme.test is on call for primary until"));
    let taken = json(&shop.good(&["oncall", "taken", "--json"]));
    assert_eq!((&taken[0]["user"], &taken[0]["schedule"]), (&"bo@acme.test".into(), &"primary".into()));
    shop.refused(
        &["oncall", "take", "primary", "--for", "1h", "--user", "ana@acme.test"],
        1,
        "bo@acme.test has an override",
    );
    shop.refused(&["oncall", "take", "primary", "--for", "1h"], 2, "--user EMAIL");
    shop.refused(&["oncall", "take", "primary", "--user", "bo@acme.test"], 2, "--for");
    for (end, status, says) in [
        (["--for", "400000d"], 1, "at most a year"),
        (["--for", "0s"], 1, "must end after it begins"),
        (["--until", "9999-01-01T00:00:00Z"], 2, "the year 9999 can't be meant"),
        (["--until", "tomorrow"], 2, "right would be an instant with its offset from UTC"),
        (["--for", "a while"], 2, "such as 30m, 1h30m or 2d"),
    ] {
        let take = [&["oncall", "take", "primary", "--by", "bo@acme.test"], &end[..]].concat();
        shop.refused(&take, status, says);
    }
    shop.refused(&["oncall", "give-back", "x"], 2, "oncall taken");
    shop.good(&["oncall", "give-back", taken[0]["id"].as_str().unwrap()]);
    assert_eq!(json(&shop.good(&["oncall", "taken", "--json"])), serde_json::json!([]));
    let week = ["schedule", "hours", "--from", "2026-03-02T00:00:00Z", "--to", "2026-03-09T00:00:00Z"];
    let heading = "from 2026-03-02T00:00:00Z to 2026-03-09T00:00:00Z; nights are 22:00 to 06:00";
    assert!(shop.good(&week).starts_with(heading));
}

#[test]
fn silences_are_made_and_ended_from_a_shell() {
    let shop = Shop::open("silences");
    let add = ["silence", "add", "--label", "team=pay", "--for", "2h", "--reason", "the move", "--json"];
    let made = json(&shop.good(&add));
    assert_eq!((&made["labels"]["team"], &made["reason"]), (&"pay".into(), &"the move".into()));
    assert!(shop.good(&["silence", "list"]).contains("team=pay"));
    let put_off = shop.good(&["who", "--service", "checkout"]);
    assert!(put_off.contains("silent from") && put_off.contains("the move; what is not over"), "{put_off}");
    shop.refused(
        &["silence", "add", "--label", "team=ops", "--for", "2h", "--reason", "x"],
        1,
        "no service has the label",
    );
    shop.refused(
        &["silence", "add", "--service", "checkout", "--for", "91d", "--reason", "x"],
        1,
        "at most 90 days",
    );
    shop.refused(&["silence", "add", "--service", "checkout", "--reason", "x"], 2, "--for");
    shop.refused(&["silence", "end", "00000000-0000-0000-0000-000000000007"], 1, "does not exist");
    shop.good(&["silence", "end", made["id"].as_str().unwrap()]);
    assert!(!shop.good(&["silence", "list"]).contains("team=pay"));
}

#[test]
fn silences_of_the_file_are_listed_as_its_own_and_an_old_one_is_warned_of() {
    let shop = Shop::open("file_silences");
    let silence = |name: &str, year: u32| {
        format!(
            "[[silence]]\nname = \"{name}\"\nservices = [\"checkout\"]\nreason = \"cellar\"\n\
             from = \"{year}-03-02T08:00:00Z\"\nuntil = \"{year}-03-02T09:00:00Z\"\n"
        )
    };
    let file = shop.folder.join("midwatch.toml");
    let text = fs::read_to_string(&file).unwrap() + &silence("first", 2001) + &silence("second", 2901);
    fs::write(&file, &text).unwrap();
    assert!(shop.good(&["config", "plan"]).contains("+ silence first\n+ silence second\n"));
    let line = text.lines().position(|line| line == "name = \"first\"").unwrap() + 1;
    let place = format!("midwatch.toml:{line}:8: silence \"first\" has ended, at 2001-03-02T09:00:00Z");
    let checked = shop.good(&["config", "check"]);
    assert!(checked.contains(&place) && checked.contains("hint: remove it"), "{checked}");
    assert!(!checked.contains("silence \"second\" has"), "{checked}");
    shop.good(&["config", "apply"]);
    let listed = json(&shop.good(&["silence", "list", "--json"]));
    let [one] = listed.as_array().unwrap().as_slice() else { panic!("{listed}") };
    assert_eq!((&one["name"], &one["managed_by"]), (&"second".into(), &"file".into()));
    assert!(shop.good(&["silence", "list"]).contains("managed by file, as second"));
    shop.refused(&["silence", "end", one["id"].as_str().unwrap()], 1, "is managed by file");
}

#[test]
fn tokens_have_names_of_their_own() {
    let shop = Shop::open("tokens");
    shop.refused(&["token", "new", "--name", " x"], 2, "is no name for a token");
    for _ in 0..2 {
        shop.good(&["token", "new"]);
    }
    shop.good(&["token", "new", "--name", "deploy-bot"]);
    shop.refused(&["token", "new", "--name", "deploy-bot"], 1, "there is a token of this name");
    let named = json(&shop.good(&["token", "list", "--json"]));
    let mut names: Vec<_> =
        named.as_array().unwrap().iter().filter_map(|token| token["name"].as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["api", "api-2", "deploy-bot"]);
}

#[test]
fn incidents_are_answered_from_a_shell() {
    let shop = Shop::open("answers");
    for act in ["unack", "escalate", "resolve", "publish"] {
        shop.refused(&["incident", act, "7"], 1, "incident 7 does not exist");
    }
    shop.refused(&["incident", "snooze", "7"], 2, "--for");
    shop.refused(&["ack", "7", "--for", "soon"], 2, "30m");

    open_incident(&shop.ledger);
    shop.refused(
        &["incident", "unack", "1"],
        1,
        "incident 1 is not acknowledged, so there is nothing to take back",
    );
    assert!(shop.good(&["ack", "1"]).contains("incident 1 is acknowledged, by command line ("));
    assert!(shop.good(&["incident", "show", "1"]).contains("by command line ("));
    shop.refused(&["incident", "snooze", "1", "--for", "1h", "--by", "bo@acme.test"], 1, "command line (");
    assert_eq!(
        shop.good(&["incident", "publish", "1"]),
        "incident 1 is published\n",
        "by nobody who answered"
    );
    assert!(shop.good(&["incident", "unack", "1"]).contains("is open again"));
    let shown = shop.good(&["incident", "show", "1"]);
    assert!(shown.contains("  taken back  ") && !shown.contains("unack"), "{shown}");
    shop.refused(&["incident", "reassign", "1", "--to", "bob@acme.test"], 1, "is bo@acme.test meant?");
}

#[test]
fn incidents_are_opened_changed_and_told_from_a_shell() {
    let shop = Shop::open("records");
    let open =
        ["incident", "open", "Cards fail", "--service", "checkout=partial_outage", "--by", "ana@acme.test"];
    assert!(shop.good(&open).contains("incident 1 is open and pages"));
    let change = ["incident", "edit", "1", "--phase", "identified", "--text", "A reader is broken."];
    assert!(shop.good(&change).contains("incident 1 is changed"));
    shop.refused(&["incident", "edit", "1"], 2, "--title");
    shop.refused(
        &["incident", "edit", "1", "--phase", "postmortem"],
        1,
        "can go to investigating, monitoring",
    );
    shop.good(&["incident", "roles", "1", "--set", "commander=bo@acme.test"]);
    shop.good(&["incident", "link", "1", "--url", "https://chat.test/1", "--label", "war room"]);
    let times = ["--started-at", "2020-01-01T08:00:00Z", "--resolved-at", "2020-01-01T09:00:00Z"];
    let past = [&["incident", "open", "Old", "--service", "checkout=major_outage"][..], &times].concat();
    assert!(shop.good(&past).contains("incident 2 is added and pages nobody"));
    shop.refused(&[&past[..], &["--page"]].concat(), 2, "--page");
    let merged = shop.good(&["incident", "merge", "2", "--into", "1"]);
    assert!(merged.contains("incident 1 goes on, with incident 2 as part of it"), "{merged}");
    let shown = shop.good(&["incident", "show", "1", "--markdown"]);
    for part in [
        "# Incident 1: Cards fail",
        "> A reader is broken.",
        "war room",
        "**opened** of incident 2",
        "major_outage",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let whole = json(&shop.good(&["incident", "show", "1", "--json"]));
    assert_eq!((&whole["roles"][0]["user"], &whole["phase"]), (&"bo@acme.test".into(), &"identified".into()));
    assert_eq!(whole["started_at"], "2020-01-01T08:00:00Z");
}

/// Puts an open incident that pages nobody into the ledger.
fn open_incident(ledger: &Path) {
    let database = Database::open(&format!("sqlite://{}", ledger.display()), &Options::default()).unwrap();
    let at: jiff::Timestamp = "2026-03-02T08:00:00Z".parse().unwrap();
    let write = move |tx: &mut Tx<'_>| {
        let org = organizations::list(tx, 1)?[0].id;
        let incident = Incident {
            titles: domain::public::Tongues::default(),
            id: IncidentId::named(org.0, "1"),
            number: 1,
            title: "Checkout is down".to_owned(),
            severity: Severity::Critical,
            response: Response::Open,
            assignee: None,
            phase: Phase::Investigating,
            opened_at: at,
            first_page_at: None,
            by_hand: domain::incident::ByHand::default(),
            generation: 1,
            publish: Publish::Never,
            causes: Vec::new(),
            services: Vec::new(),
        };
        incidents::insert(&mut Scope::new(tx, org), &incident)
    };
    database.write_blocking(Lane::Paging, write).unwrap();
}

#[test]
fn a_server_that_cant_start_changes_nothing() {
    let shop = Shop::open("second");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let file = shop.folder.join("midwatch.toml");
    let text = fs::read_to_string(&file).unwrap();
    let address = taken.local_addr().unwrap();
    let changed = text.replace("name = \"Bo\"", "name = \"Bea\"");
    fs::write(&file, format!("[server]\nlisten = \"{address}\"\n{changed}")).unwrap();
    let plan = shop.good(&["config", "plan"]);
    assert!(plan.contains("bo@acme.test"), "{plan}");
    shop.refused(&["serve"], 1, "can't listen on");
    assert_eq!(shop.good(&["config", "plan"]), plan, "what it would have applied is not applied");
}

#[test]
fn what_is_planned_is_told_with_its_beginning() {
    let shop = Shop::open("planned");
    let from = "2199-12-10T09:00:00Z";
    let take = ["oncall", "take", "primary", "--from", from, "--for", "2h", "--by", "bo@acme.test"];
    let said = shop.good(&take);
    assert!(
        said.contains("is on call for primary from 2199-12-10T09:00:00Z until 2199-12-10T11:00:00Z"),
        "{said}"
    );
    let said = shop.good(&[
        "silence",
        "add",
        "--service",
        "checkout",
        "--from",
        from,
        "--for",
        "1h",
        "--reason",
        "x",
    ]);
    assert!(said.contains("silent from 2199-12-10T09:00:00Z until"), "{said}");
}

#[test]
fn what_readers_see_is_locked_shown_and_released_from_a_shell() {
    let shop = Shop::open("locks");
    let lock = ["status", "lock", "checkout", "degraded_performance", "--for", "2h", "--note", "the move"];
    let said = shop.good(&lock);
    assert!(said.contains("readers see checkout degraded performance until"), "{said}");
    let all = json(&shop.good(&["status", "show", "--json"]));
    assert_eq!(
        (&all[0]["lock"]["status"], &all[0]["lock"]["note"]),
        (&"degraded_performance".into(), &"the move".into())
    );
    assert!(shop.good(&["status", "show"]).contains("the move"));
    shop.refused(&["status", "lock", "checkout", "slow"], 2, "one of operational");
    shop.refused(&["status", "lock", "chekout", "operational"], 1, "is checkout meant?");
    shop.refused(&["status", "lock", "checkout", "unknown"], 1, "no status to lock");
    assert!(shop.good(&["status", "release", "checkout"]).contains("no longer locked"));
    assert!(shop.good(&["status", "release", "checkout"]).contains("was not locked"));
    assert!(json(&shop.good(&["status", "show", "--json"]))[0]["lock"].is_null());
}

#[test]
fn what_is_said_in_public_is_reviewed_and_begun_with_from_a_shell() {
    let shop = Shop::open("templates");
    let file = shop.folder.join("midwatch.toml");
    let own = "[[template]]\noccasion = \"opened\"\ntext = \"{services}: {provider_incident}\"\n\
               [[template]]\nname = \"failover\"\ntitle = \"Moving\"\ntext = \"A moment.\"\nphase = \"identified\"\n";
    let text = fs::read_to_string(&file)
        .unwrap()
        .replace("title = \"Acme\"", "title = \"Acme\"\nlanguages = [\"it\"]");
    fs::write(&file, format!("{text}\n{own}")).unwrap();
    let checked = shop.good(&["config", "check"]);
    assert!(checked.contains("`opened` has no template in \"it\""), "{checked}");
    let applied = shop.good(&["config", "apply"]);
    assert!(
        applied.contains("+ template opened en\n") && applied.contains("+ template failover\n"),
        "{applied}"
    );
    let listed = shop.good(&["template", "list"]);
    assert!(listed.contains("opened    en        ") && listed.contains("identified  Moving"), "{listed}");
    let shown = shop.good(&["template", "preview", "--occasion", "opened"]);
    assert!(
        shown.contains("opened\n  en* Checkout, Search and Mail: Elevated errors\n  it  Interruzione"),
        "{shown}"
    );
    let shown = shop.good(&["template", "preview", "--language", "de"]);
    assert!(shown.contains("work_done\n  de  Diese Wartung ist abgeschlossen.\n"), "{shown}");
    shop.refused(&["template", "preview", "--language", "fr"], 2, "the languages are en, it, de, ar");
    let service = ["--service", "checkout=partial_outage"];
    let open = [&["incident", "open", "--template", "failover", "--no-page"], &service[..]].concat();
    assert!(shop.good(&open).contains("incident 1 is open"));
    shop.good(&["incident", "update", "1", "--template", "failover", "--phase", "monitoring"]);
    let shown = shop.good(&["incident", "show", "1", "--markdown"]);
    assert!(shown.contains("# Incident 1: Moving") && shown.matches("A moment.").count() == 2, "{shown}");
    shop.refused(&[&["incident", "open"], &service[..]].concat(), 2, "TITLE");
}
