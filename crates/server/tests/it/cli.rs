//! The binary as a person or a script uses it.

use std::{
    fs,
    path::PathBuf,
    process::{Command, Output},
};

const FEED: &str = r#"{
    "page": { "id": "page-1", "name": "Commerce", "url": "https://status.commerce.test", "time_zone": "Etc/UTC",
              "updated_at": "2026-03-02T08:00:00Z" },
    "components": [ { "id": "c1", "name": "Checkout", "status": "major_outage", "position": 1, "group": false } ],
    "incidents": [], "scheduled_maintenances": [],
    "status": { "indicator": "critical", "description": "Major outage" }
}"#;

/// Runs the binary; nothing of the surrounding configuration reaches it.
pub(crate) fn midwatch(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_midwatch"));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("MIDWATCH")) {
        command.env_remove(name);
    }
    command.args(args).output().expect("the binary can be run")
}

/// Writes a file of this test.
fn file(name: &str, content: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("midwatch_cli_{}_{name}", std::process::id()));
    fs::write(&path, content).expect("the folder for temporary files can be written to");
    path
}

fn with_file(name: &str, content: &str, args: &[&str]) -> (Option<i32>, String, String) {
    let path = file(name, content);
    let path_text = path.to_str().expect("the path is text");
    let args: Vec<&str> = args.iter().map(|arg| if *arg == "FILE" { path_text } else { *arg }).collect();
    let output = midwatch(&args);
    fs::remove_file(&path).expect("the file is there");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn feed_parse_prints_what_a_feed_says() {
    let (code, printed, said) = with_file("feed.json", FEED, &["feed", "parse", "FILE"]);
    assert_eq!(code, Some(0), "{said}");
    for word in ["\"statuspage\"", "\"Checkout\"", "\"major_outage\""] {
        assert!(printed.contains(word), "{word} is not in {printed}");
    }
}

#[test]
fn feed_parse_of_what_is_no_feed_says_why_and_fails() {
    let (code, printed, _) = with_file("page.html", "<!doctype html><h1>Hi</h1>", &["feed", "parse", "FILE"]);
    assert_eq!(code, Some(1));
    assert!(printed.contains("\"unreadable\"") && printed.contains("HTML"), "{printed}");
}

#[test]
fn feed_diff_compares_captures_of_one_page_only() {
    let old = file("old.json", FEED);
    let diff = |name: &str, content: &str| {
        let args = ["feed", "diff", old.to_str().expect("the path is text"), "FILE"];
        with_file(name, content, &args)
    };
    let (code, printed, said) = diff("same.json", &FEED.replace("major_outage", "operational"));
    assert_eq!((code, printed.lines().count()), (Some(0), 1), "{printed}{said}");
    let (code, printed, said) = diff("page.json", &FEED.replace("page-1", "page-2"));
    assert_eq!((code, printed.as_str()), (Some(1), ""), "{said}");
    assert!(said.contains("one is of page 'page-1', the other of 'page-2'"), "{said}");
    let slack = r#"{"status":"ok","date_created":"2026-03-02T00:00:00-08:00","date_updated":"2026-03-02T00:00:00-08:00",
        "active_incidents":[]}"#;
    let (code, printed, said) = diff("slack.json", slack);
    assert_eq!((code, printed.as_str()), (Some(1), ""), "{said}");
    assert!(said.contains("one is of statuspage, the other of slack"), "{said}");
    fs::remove_file(&old).expect("the file is there");
}

#[test]
fn a_bad_configuration_is_refused_with_its_place() {
    let toml = "[organization]\nslug = \"acme\"\n\n[[service]]\nslug = \"a\"\n  escalation_polic = \"x\"\n";
    let (code, _, said) = with_file("bad.toml", toml, &["config", "check", "FILE"]);
    assert_eq!(code, Some(2));
    assert!(said.contains("bad.toml:6:3: unknown key `escalation_polic`"), "{said}");
}

#[test]
fn contacts_are_listed_and_a_person_who_is_not_there_is_named() {
    let folder = std::env::temp_dir().join(format!("midwatch_cli_{}_contacts", std::process::id()));
    let toml = format!(
        "[database]\nurl = \"sqlite://{}/none.db\"\n[[user]]\nemail = \"ana@acme.example\"\n",
        folder.display()
    );
    let run = |name: &str, args: &[&str]| {
        with_file(name, &toml, &[&["--config", "FILE", "contact"], args].concat())
    };
    let (code, printed, said) = run("list.toml", &["list", "--json"]);
    assert_eq!(code, Some(0), "{said}");
    for word in ["\"user\": \"ana@acme.example\"", "\"standing\": \"unverified\"", "\"kind\": \"email\""] {
        assert!(printed.contains(word), "{word} is not in {printed}");
    }
    let (code, printed, said) = run("table.toml", &["list"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(printed.contains("LAST CONFIRMED") && printed.contains("never"), "{printed}");
    let (code, _, said) = run("user.toml", &["verify", "anna@acme.example", "email", "123456"]);
    assert_eq!(code, Some(2));
    assert!(said.contains("there is no user anna@acme.example; is ana@acme.example meant?"), "{said}");
    let (code, _, said) = run("ledger.toml", &["test", "ana@acme.example", "email"]);
    assert_eq!(code, Some(1));
    assert!(said.contains("there is no ledger at"), "{said}");
}

#[test]
fn wrong_usage_is_status_2() {
    assert_eq!(midwatch(&["no-such-command"]).status.code(), Some(2));
}

#[test]
fn the_demo_ends_well() {
    let output = midwatch(&["demo", "--exit", "--listen", "127.0.0.1:0"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{}\n{said}", String::from_utf8_lossy(&output.stdout));
}
