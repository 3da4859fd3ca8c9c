//! `midwatch postmortem`, as people use it from a shell.

use std::fs;

use crate::acts_cli::{Shop, json, run};

#[test]
fn a_post_mortem_is_written_reviewed_and_published_from_a_shell() {
    let shop = Shop::open("postmortems");
    let times = ["--started-at", "2020-01-01T08:00:00Z", "--resolved-at", "2020-01-01T09:30:00Z"];
    let past =
        [&["incident", "open", "Cards fail", "--service", "checkout=major_outage"][..], &times].concat();
    shop.good(&past);
    let listed = json(&shop.good(&["postmortem", "list", "--json"]));
    assert_eq!((&listed[0]["incident"], &listed[0]["stage"]), (&1.into(), &serde_json::Value::Null));
    shop.refused(&["postmortem", "show", "1"], 1, "the post-mortem of incident 1 does not exist");
    let draft = shop.good(&["postmortem", "draft", "1", "--by", "ana@acme.test"]);
    assert!(draft.starts_with("## Summary\n") && draft.contains("It lasted 1 h 30 min"), "{draft}");
    let file = shop.folder.join("text.md");
    let path = file.to_str().unwrap();
    fs::write(&file, "## Summary\n\nThe old one broke.\n").unwrap();
    let edit = |base: &str| {
        run(
            &shop.folder,
            &["postmortem", "edit", "1", "--file", path, "--base", base, "--by", "ana@acme.test"],
        )
    };
    assert!(edit("1").1.contains("version 2, is saved"));
    fs::write(&file, "Something else").unwrap();
    let (code, said) = edit("1");
    assert_eq!(code, Some(1), "{said}");
    for part in ["<<<<<<< version 2, by Ana", "The old one broke.", "=======\nSomething else", "--base 2"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    shop.refused(&["postmortem", "edit", "1", "--file", path], 2, "--base");
    shop.refused(&["postmortem", "edit", "1"], 2, "--editor");
    shop.refused(&["postmortem", "publish", "1"], 1, "nobody else has approved version 2");
    shop.good(&["postmortem", "submit", "1", "--to", "bo@acme.test", "--by", "ana@acme.test"]);
    let shown = shop.good(&["postmortem", "show", "1"]);
    assert!(shown.contains("in review by bo@acme.test") && shown.contains("The old one broke."), "{shown}");
    assert!(shop.good(&["incident", "show", "1"]).contains("post-mortem in review, version 2"));
    shop.refused(&["postmortem", "approve", "1", "--by", "ana@acme.test"], 1, "does not review it");
    shop.good(&["postmortem", "approve", "1", "--by", "bo@acme.test"]);
    assert!(shop.good(&["postmortem", "publish", "1"]).contains("version 2, is published"));
    assert_eq!(json(&shop.good(&["postmortem", "list", "--json"])), serde_json::json!([]));
    let act = ["postmortem", "action", "add", "1", "--text", "Buy another", "--owner", "bo@acme.test"];
    shop.refused(&[&act[..], &["--due", "soon"]].concat(), 2, "2026-03-31");
    let added = shop.good(&[&act[..], &["--due", "2020-02-01"]].concat());
    assert_eq!(added, "action 1 after incident 1 is overdue\n");
    assert!(shop.good(&["postmortem", "action", "list"]).contains("Buy another"));
    assert_eq!(shop.good(&["postmortem", "action", "done", "1", "1"]), "action 1 after incident 1 is done\n");
    let whole = json(&shop.good(&["postmortem", "show", "1", "--json"]));
    assert_eq!((&whole["stage"], &whole["actions"][0]["state"]), (&"published".into(), &"done".into()));
    assert_eq!(
        shop.good(&["postmortem", "show", "1", "--version", "2"]),
        "## Summary\n\nThe old one broke.\n"
    );
}

#[test]
fn a_post_mortem_is_written_in_an_editor_and_kept_where_that_fails() {
    let shop = Shop::open("editors");
    let times = ["--started-at", "2020-01-01T08:00:00Z", "--resolved-at", "2020-01-01T09:30:00Z"];
    let past =
        [&["incident", "open", "Cards fail", "--service", "checkout=major_outage"][..], &times].concat();
    shop.good(&past);
    let config = shop.folder.join("midwatch.toml");
    let edit = |editor: &str, act: &str| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_midwatch"));
        command.args(["--config", config.to_str().unwrap(), "postmortem", act, "1", "--editor"]);
        command.env("VISUAL", editor).env("EDITOR", "false").env("TMPDIR", &shop.folder);
        let output = command.output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8(said).unwrap())
    };
    let (code, said) = edit("sed -i 's/^[*]To be written.*/Words./'", "draft");
    assert!(code == Some(0) && said.contains("version 2, is saved"), "{said}");
    let drafts = || {
        let names = fs::read_dir(&shop.folder).unwrap().map(|entry| entry.unwrap().file_name());
        names.filter(|name| name.to_string_lossy().starts_with("midwatch-postmortem-1-")).count()
    };
    assert_eq!(drafts(), 0, "what is saved is not left lying about");
    let whole = json(&shop.good(&["postmortem", "show", "1", "--json"]));
    assert_eq!(whole["unwritten"], serde_json::json!([]));
    assert!(whole["body"].as_str().unwrap().contains("## Root Cause\n\nWords.\n"), "{whole}");
    let (code, said) = edit("false", "edit");
    assert!(code == Some(1) && said.contains("nothing is saved; the text is in"), "{said}");
    let (code, said) = edit("truncate -s 0", "edit");
    assert!(
        code == Some(1) && said.contains("needs words") && said.contains("what you wrote is in"),
        "{said}"
    );
    assert_eq!(drafts(), 2);
    let (code, said) = edit(" ", "edit");
    assert!(code == Some(1), "EDITOR is asked where VISUAL says nothing: {said}");
}
