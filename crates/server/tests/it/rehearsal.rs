//! `who`, `config prove` and `drill` as a person uses them: what is planned, proved and played is the same.

use std::{fs, path::PathBuf};

use serde_json::Value;

use crate::cli::midwatch;

const TEAM: &str = r#"
[catalog]
builtin = false
[mail]
host = "localhost"
from = "pager@acme.example"
[[provider]]
slug = "lumen"
name = "Lumen"
category = "Other"
feed = "https://lumen.invalid/feed"
[organization]
slug = "acme"
[[user]]
email = "ana@acme.example"
role = "owner"
time_zone = "Europe/Rome"
contact = [ { id = "hook", kind = "webhook", url = "https://a.example/ana" }, { id = "mail", kind = "email", address = "ana@acme.example" } ]
notify = [ { after = "0s", contact = "hook" }, { after = "5m", contact = "mail" } ]
[[user]]
email = "bo@acme.example"
[[schedule]]
slug = "primary"
time_zone = "Europe/Rome"
[[schedule.layer]]
rotation = "daily"
participants = ["bo@acme.example"]
[[schedule.layer.restrict]]
from = "03:00"
to = "02:00"
[[escalation_policy]]
slug = "default"
step = [ { after = "0s", notify = ["schedule:primary"] }, { after = "15m", notify = ["user:ana@acme.example"] } ]
[[service]]
slug = "checkout"
escalation_policy = "default"
[[service.depends_on]]
provider = "lumen"
page = "degraded_performance"
[[status_page]]
slug = "acme"
title = "Acme"
group = [ { name = "Shop", services = ["checkout"] } ]
"#;

fn written(name: &str, more: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("midwatch_rehearsal_{}_{name}", std::process::id()));
    fs::write(&path, format!("{TEAM}{more}")).expect("the folder for temporary files can be written to");
    path
}

/// Runs the binary on a configuration: the status, what it printed and what it said.
fn run(name: &str, more: &str, args: &[&str]) -> (Option<i32>, String, String) {
    let file = written(name, more);
    let file_text = file.to_str().expect("the path is text");
    let output = midwatch(&[&["--config", file_text], args].concat());
    fs::remove_file(&file).expect("the file is there");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn a_gap_is_refuted_with_date_and_path() {
    let assertion = "[[assert]]\nname = \"critical reaches a human\"\nseverity = \"critical\"\nreaches = \"human\"\n\
                     within = \"10m\"\nlast_resort = false\n";
    let args = ["config", "prove", "--at", "2026-11-25T12:00:00Z"];
    let (code, printed, said) = run("gap.toml", assertion, &args);
    assert_eq!(code, Some(1), "{printed}{said}");
    for line in [
        "holds  every service that pages has an escalation policy (1 case in 1 part)",
        "FAILS  critical reaches a human",
        "first page at Thu 2026-11-26 02:00:00 Europe/Rome (2026-11-26T01:00:00Z)",
        "nobody who counts is told within 10m; the next is ana@acme.example after 15m",
        "schedule primary has nobody on call; owner",
    ] {
        assert!(printed.contains(line), "{line} is not in {printed}");
    }
    let (code, printed, _) = run("holds.toml", &assertion.replace("10m", "15m"), &args);
    assert_eq!(code, Some(0), "{printed}");
    let (code, printed, _) = run("json.toml", assertion, &[&args[..], &["--json"]].concat());
    let value: Value = serde_json::from_str(&printed).expect("it is JSON");
    assert_eq!(code, Some(1));
    assert_eq!(value[2]["counterexample"]["first_page_at"], "2026-11-26T01:00:00Z");
    assert_eq!(value[2]["counterexample"]["path"][0]["last_resort"], true);
}

#[test]
fn who_says_why_and_warns_of_the_last_resort() {
    let (code, printed, said) =
        run("who.toml", "", &["who", "--service", "checkout", "--at", "2099-01-05T01:30:00Z"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(printed.contains("rung 2 of 2: 5m after the step"), "{printed}");
    assert!(
        said.contains("round 1, step 1 at 2099-01-05T01:30:00Z has only the last resort, ana@acme.example"),
        "{said}"
    );
}

#[test]
fn what_cant_be_used_is_passed_over_and_whoever_is_left_without_it_refused() {
    let closed = TEAM.replace("[mail]\nhost = \"localhost\"\nfrom = \"pager@acme.example\"\n", "");
    assert_ne!(closed, TEAM);
    let said_by = |name: &str, text: &str, args: &[&str]| {
        let path = std::env::temp_dir().join(format!("midwatch_rehearsal_{}_{name}", std::process::id()));
        fs::write(&path, text).expect("the folder for temporary files can be written to");
        let output = midwatch(&[&["--config", path.to_str().expect("the path is text")], args].concat());
        fs::remove_file(&path).expect("the file is there");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    let args = ["who", "--service", "checkout", "--at", "2099-01-05T12:00:00Z"];
    let (code, printed, said) = said_by("closed_who.toml", &closed, &args);
    assert_eq!(code, Some(0), "{said}");
    assert!(
        printed.contains("email (email)") && printed.contains("passed over: no mail server is configured")
    );
    assert!(printed.contains("bo@acme.example can't be reached; owner"), "{printed}");
    assert!(said.contains("contact mail of ana@acme.example is passed over: no mail server"), "{said}");
    let (code, _, said) = said_by("closed_check.toml", &closed, &["config", "check"]);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("schedule primary may call bo@acme.example, who can't be reached: email: no mail"));
    assert!(!said.contains("may call ana@acme.example"), "a hook is left: {said}");
    let strict =
        "[[assert]]\nname = \"on call\"\nwithin = \"10m\"\nreaches = \"human\"\nlast_resort = false\n";
    let prove = ["config", "prove", "--at", "2026-11-25T12:00:00Z"];
    let (code, printed, _) = said_by("closed_prove.toml", &format!("{closed}{strict}"), &prove);
    assert_eq!(code, Some(1), "{printed}");
    assert!(printed.contains("FAILS  on call"), "{printed}");
}

#[test]
fn a_drill_is_told_as_a_table_and_as_one_file() {
    let html = std::env::temp_dir().join(format!("midwatch_rehearsal_{}.html", std::process::id()));
    let html_text = html.to_str().expect("the path is text");
    let args = [
        "drill",
        "--scenario",
        "single-provider",
        "--at",
        "2026-11-25T12:00:00Z",
        "--answers",
        "bo@acme.example after 4m",
        "--html",
        html_text,
    ];
    let (code, printed, said) = run("drill.toml", "", &args);
    assert_eq!(code, Some(0), "{said}");
    assert!(printed.contains("acknowledged: by bo@acme.example"), "{printed}");
    assert!(printed.contains("texts that readers saw"), "{printed}");
    assert!(
        printed.contains("1 service  ") && printed.contains("all operational"),
        "it begins in the calm: {printed}"
    );
    assert!(!said.contains("WARN"), "{said}");
    let page = fs::read_to_string(&html).expect("the report is there");
    fs::remove_file(&html).expect("it is there");
    assert!(page.contains("mark-ack") && page.contains("Single provider"), "{page}");
    assert!(!page.contains("<script") && !page.contains("src=") && !page.contains("href="), "{page}");
    let (code, _, said) =
        run("nobody.toml", "", &["drill", "--scenario", "saga", "--answers", "cy@acme.example"]);
    assert_eq!(code, Some(2));
    assert!(
        said.contains("there is no user \"cy@acme.example\"; known are: ana@acme.example, bo@acme.example")
            && said.contains("right would be --answers \"ana@acme.example after 4m\""),
        "{said}"
    );
    let (_, _, said) =
        run("span.toml", "", &["drill", "--scenario", "saga", "--answers", "bo@acme.example after soon"]);
    assert!(said.contains("\"soon\" in \"bo@acme.example after soon\" is no span such as"), "{said}");
}
