//! Acts from a shell: what is printed, and what the exit status says.

use std::{fs, path::Path};

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
"#;

/// Runs a command on the installation in this folder; returns its status, and what it printed and said.
fn run(folder: &Path, args: &[&str]) -> (Option<i32>, String) {
    let config = folder.join("midwatch.toml");
    let config = config.to_str().expect("the path is text");
    let output = midwatch(&[&["--config", config][..], args].concat());
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout) + &text(&output.stderr))
}

#[test]
fn shifts_and_silences_are_made_and_ended_from_a_shell() {
    let folder = std::env::temp_dir().join(format!("midwatch_acts_{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let ledger = folder.join("midwatch.db");
    let text = format!("[database]\nurl = \"sqlite://{}\"\n{CONFIG}", ledger.display());
    fs::write(folder.join("midwatch.toml"), text).unwrap();
    let good = |args: &[&str]| {
        let (code, said) = run(&folder, args);
        assert_eq!(code, Some(0), "{args:?}: {said}");
        said
    };
    let refused = |args: &[&str], status: i32, part: &str| {
        let (code, said) = run(&folder, args);
        assert_eq!(code, Some(status), "{args:?}: {said}");
        assert!(said.contains(part), "{args:?}: {said}");
    };
    let json = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    good(&["config", "apply"]);

    let take = ["oncall", "take", "primary", "--for", "8h", "--by", "bo@acme.test"];
    assert!(good(&take).contains("bo@acme.test is on call for primary until"));
    let taken = json(&good(&["oncall", "taken", "--json"]));
    assert_eq!((&taken[0]["user"], &taken[0]["schedule"]), (&"bo@acme.test".into(), &"primary".into()));
    refused(
        &["oncall", "take", "primary", "--for", "1h", "--user", "ana@acme.test"],
        1,
        "bo@acme.test has an override",
    );
    refused(&["oncall", "take", "primary", "--for", "1h"], 2, "--user EMAIL");
    refused(&["oncall", "take", "primary", "--user", "bo@acme.test"], 2, "--for");
    refused(&["oncall", "give-back", "x"], 2, "oncall taken");
    good(&["oncall", "give-back", taken[0]["id"].as_str().unwrap()]);
    assert_eq!(json(&good(&["oncall", "taken", "--json"])), serde_json::json!([]));

    let add = ["silence", "add", "--label", "team=pay", "--for", "2h", "--reason", "the move", "--json"];
    let made = json(&good(&add));
    assert_eq!((&made["labels"]["team"], &made["reason"]), (&"pay".into(), &"the move".into()));
    assert!(good(&["silence", "list"]).contains("team=pay"));
    refused(
        &["silence", "add", "--label", "team=ops", "--for", "2h", "--reason", "x"],
        1,
        "no service has the label",
    );
    refused(
        &["silence", "add", "--service", "checkout", "--for", "91d", "--reason", "x"],
        1,
        "at most 90 days",
    );
    refused(&["silence", "add", "--service", "checkout", "--reason", "x"], 2, "--for");
    refused(&["silence", "end", taken[0]["id"].as_str().unwrap()], 1, "does not exist");
    good(&["silence", "end", made["id"].as_str().unwrap()]);
    assert!(!good(&["silence", "list"]).contains("team=pay"));

    for act in ["unack", "escalate", "resolve", "publish"] {
        refused(&["incident", act, "7"], 1, "incident 7 does not exist");
    }
    refused(&["incident", "snooze", "7"], 2, "--for");
    refused(&["ack", "7", "--for", "soon"], 2, "30m");
    refused(&["token", "new", "--name", " x"], 2, "is no name for a token");
    for _ in 0..2 {
        good(&["token", "new"]);
    }
    good(&["token", "new", "--name", "deploy-bot"]);
    refused(&["token", "new", "--name", "deploy-bot"], 1, "there is a token of this name");
    let named = json(&good(&["token", "list", "--json"]));
    let mut names: Vec<_> =
        named.as_array().unwrap().iter().filter_map(|token| token["name"].as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["api", "api-2", "deploy-bot"]);

    open_incident(&ledger);
    refused(
        &["incident", "unack", "1"],
        1,
        "incident 1 is not acknowledged, so there is nothing to take back",
    );
    assert!(good(&["ack", "1"]).contains("incident 1 is acknowledged, by command line ("));
    assert!(good(&["incident", "show", "1"]).contains("by command line ("));
    refused(&["incident", "snooze", "1", "--for", "1h", "--by", "bo@acme.test"], 1, "command line (");
    assert!(good(&["incident", "unack", "1"]).contains("is open again"));
    refused(&["incident", "reassign", "1", "--to", "bob@acme.test"], 1, "is bo@acme.test meant?");
    fs::remove_dir_all(&folder).unwrap();
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
