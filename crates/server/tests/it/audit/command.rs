//! `midwatch audit`, as a person or a script uses it.

use domain::{IncidentId, OrgId, Phase, PolicyId, Severity, incident, setup};
use store::{Database, Lane, Options, Scope, incidents, organizations, timers};
use uuid::Uuid;

use crate::cli::midwatch;

struct Folder(std::path::PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        // What can't be tidied up is left to whoever empties the folder of temporary files.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// An incident whose step was due in another year.
fn forget_a_step(url: &str) {
    let (org, id) = (OrgId(Uuid::from_u128(1)), IncidentId(Uuid::from_u128(2)));
    let at: jiff::Timestamp = "2020-01-01T00:00:00Z".parse().unwrap();
    let incident = incident::Incident {
        id,
        number: 7,
        title: "Checkout is down".to_owned(),
        titles: domain::public::Tongues::default(),
        severity: Severity::Critical,
        response: incident::Response::Open,
        phase: Phase::Investigating,
        opened_at: at,
        first_page_at: Some(at),
        by_hand: incident::ByHand::default(),
        generation: 1,
        publish: setup::Publish::Never,
        causes: Vec::new(),
        assignee: None,
        services: Vec::new(),
    };
    let timer = timers::Timer {
        org,
        incident: id,
        policy: PolicyId(Uuid::from_u128(3)),
        generation: 1,
        round: 1,
        step: 1,
        started_at: at,
        due_at: Some(at),
        epoch: 0,
    };
    let organization = setup::Organization { id: org, slug: "acme".to_owned(), name: "Acme".to_owned() };
    let database = Database::open(url, &Options::default()).unwrap();
    let put = move |tx: &mut store::Tx<'_>| {
        organizations::insert_if_absent(tx, &organization, at)?;
        let mut scope = Scope::new(tx, org);
        incidents::insert(&mut scope, &incident)?;
        timers::set(&mut scope, &timer)
    };
    database.write_blocking(Lane::Bulk, put).unwrap();
    database.close().unwrap();
}

#[test]
fn the_exit_status_says_whether_the_ledger_passes_and_the_table_what_is_wrong() {
    let folder = Folder(std::env::temp_dir().join(format!("midwatch_audit_{}", std::process::id())));
    std::fs::create_dir_all(&folder.0).unwrap();
    let (file, url) =
        (folder.0.join("midwatch.toml"), format!("sqlite://{}/midwatch.db", folder.0.display()));
    std::fs::write(&file, format!("[database]\nurl = \"{url}\"\n")).unwrap();
    let run = |args: &[&str]| {
        let output = midwatch(&[&["--config", file.to_str().unwrap()], args].concat());
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    let (code, printed, said) = run(&["audit"]);
    assert_eq!((code, printed.as_str()), (Some(1), ""));
    assert!(said.contains("there is no ledger at"), "{said}");

    assert_eq!(run(&["migrate"]).0, Some(0));
    let (code, printed, said) = run(&["audit"]);
    let passed = "passed: every open escalation is on time and every due notification was attempted\n";
    assert_eq!((code, printed.as_str()), (Some(0), passed));
    assert_eq!(said, "note: no process that serves has audited itself yet\n");

    forget_a_step(&url);
    let (code, printed, _) = run(&["audit"]);
    assert_eq!(code, Some(1));
    let mut lines = printed.lines();
    let head = "FINDING          OBJECT";
    assert!(
        lines.next().is_some_and(|line| line.starts_with(head) && line.ends_with("TROUBLE")),
        "{printed}"
    );
    let line = lines.next().unwrap();
    assert!(line.starts_with("escalation_late  escalation of incident #7 ("), "{printed}");
    assert!(line.ends_with("ago, and nobody has taken it up"), "{printed}");

    let (code, printed, _) = run(&["audit", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&printed).unwrap();
    assert_eq!((code, &json["passed"]), (Some(1), &serde_json::Value::Bool(false)));
    assert_eq!(json["findings"][0]["kind"], "escalation_late");
    assert_eq!(json["findings"][0]["organization"], Uuid::from_u128(1).to_string());
}
