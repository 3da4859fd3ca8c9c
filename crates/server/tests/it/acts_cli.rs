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
fn run(folder: &Path, args: &[&str]) -> (Option<i32>, String) {
    let config = folder.join("midwatch.toml");
    let config = config.to_str().expect("the path is text");
    let output = midwatch(&[&["--config", config][..], args].concat());
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout) + &text(&output.stderr))
}

/// A folder with the configuration applied to a ledger of its own.
struct Shop {
    folder: PathBuf,
    ledger: PathBuf,
}

impl Shop {
    fn open(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("midwatch_{name}_{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let ledger = folder.join("midwatch.db");
        let text = format!("[database]\nurl = \"sqlite://{}\"\n{CONFIG}", ledger.display());
        fs::write(folder.join("midwatch.toml"), text).unwrap();
        let shop = Self { folder, ledger };
        shop.good(&["config", "apply"]);
        shop
    }

    fn good(&self, args: &[&str]) -> String {
        let (code, said) = run(&self.folder, args);
        assert_eq!(code, Some(0), "{args:?}: {said}");
        said
    }

    fn refused(&self, args: &[&str], status: i32, part: &str) {
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

fn json(text: &str) -> serde_json::Value {
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
    shop.refused(&["oncall", "give-back", "x"], 2, "oncall taken");
    shop.good(&["oncall", "give-back", taken[0]["id"].as_str().unwrap()]);
    assert_eq!(json(&shop.good(&["oncall", "taken", "--json"])), serde_json::json!([]));
}

#[test]
fn silences_are_made_and_ended_from_a_shell() {
    let shop = Shop::open("silences");
    let add = ["silence", "add", "--label", "team=pay", "--for", "2h", "--reason", "the move", "--json"];
    let made = json(&shop.good(&add));
    assert_eq!((&made["labels"]["team"], &made["reason"]), (&"pay".into(), &"the move".into()));
    assert!(shop.good(&["silence", "list"]).contains("team=pay"));
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
    assert!(shop.good(&["incident", "unack", "1"]).contains("is open again"));
    shop.refused(&["incident", "reassign", "1", "--to", "bob@acme.test"], 1, "is bo@acme.test meant?");
}

/// Puts an open incident that pages nobody into the ledger.
fn open_incident(ledger: &Path) {
    let database = Database::open(&format!("sqlite://{}", ledger.display()), &Options::default()).unwrap();
    let at: jiff::Timestamp = "2026-03-02T08:00:00Z".parse().unwrap();
    let write = move |tx: &mut Tx<'_>| {
        let org = organizations::list(tx, 1)?[0].id;
        let incident = Incident {
            id: IncidentId::named(org.0, "1"),
            number: 1,
            title: "Checkout is down".to_owned(),
            severity: Severity::Critical,
            response: Response::Open,
            assignee: None,
            phase: Phase::Investigating,
            opened_at: at,
            first_page_at: None,
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
    let from = "2999-12-10T09:00:00Z";
    let take = ["oncall", "take", "primary", "--from", from, "--for", "2h", "--by", "bo@acme.test"];
    let said = shop.good(&take);
    assert!(
        said.contains("is on call for primary from 2999-12-10T09:00:00Z until 2999-12-10T11:00:00Z"),
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
    assert!(said.contains("silent from 2999-12-10T09:00:00Z until"), "{said}");
}
