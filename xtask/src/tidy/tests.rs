//! Each rule on the smallest text that breaks it and the nearest that does not.

use super::*;

fn source(path: &str, text: &str) -> Source {
    Source { path: path.to_owned(), text: text.to_owned() }
}

/// The lines at which the text rules that mention `about` find something in this file.
#[track_caller]
fn check_text(about: &str, path: &str, text: &str, lines: &[usize]) {
    let findings = text::findings(&source(path, text));
    let found: Vec<usize> =
        findings.iter().filter(|finding| finding.right.contains(about)).map(|finding| finding.line).collect();
    assert_eq!(found, lines, "{about} in {path}: {text:?}");
}

#[test]
fn rust_files_open_with_what_they_are() {
    check_text("open the file", "crates/web/src/a.rs", "//! A page.\n", &[]);
    check_text("open the file", "crates/web/src/a.rs", "// A page.\n", &[1]);
    check_text("open the file", "crates/web/src/a.rs", "", &[1]);
    check_text("open the file", "README.md", "# Midwatch\n", &[]);
}

#[test]
fn files_have_a_ceiling() {
    check_text("500 lines", "a.css", &"a\n".repeat(500), &[]);
    check_text("500 lines", "a.css", &"a\n".repeat(501), &[501]);
    check_text("500 lines", "a.md", &"a\n".repeat(501), &[]);
}

#[test]
fn nothing_is_left_for_later() {
    check_text("open an issue", "a.rs", "//! A.\n// TODO: more\n", &[2]);
    check_text("open an issue", "a.rs", "//! A.\n// TODOS and mktemp.XXXX\n", &[]);
    check_text("open an issue", "a.md", "no TODO without an issue\n", &[]);
    check_text("a stub", "a.rs", "fn f() { todo!() }\nfn g() { unimplemented!() }\n", &[1, 2]);
    check_text("a stub", "crates/a/tests/it/a.rs", "#[test]\n#[ignore = \"slow\"]\n", &[2]);
}

#[test]
fn no_place_of_one_machine_is_named() {
    check_text("one machine", "a.md", "see /work/a\n`/root/.cargo`\n", &[1, 2]);
    check_text("one machine", "a.md", "https://host/work/a, ./work/ and ~/work/\n", &[]);
    check_text("temporary path", "crates/a/src/a.rs", "let a = \"/tmp/a\";\n", &[1]);
    check_text("temporary path", "crates/a/src/a.rs", "let a = \"/var/tmp/a\";\n", &[]);
    check_text("temporary path", "crates/a/src/a/tests.rs", "let a = \"/tmp/a\";\n", &[]);
}

#[test]
fn sql_stays_in_the_store() {
    let check = |text: &str, lines: &[usize]| check_text("SQL text", "crates/engine/src/a.rs", text, lines);
    check("q(\"SELECT id FROM incident\")", &[1]);
    check("q(\n    \"\n     UPDATE incident SET a = 1\")", &[2]);
    check("q(r#\"DELETE FROM incident\"#)", &[1]);
    check("\"\\\n WITH due AS (SELECT 1)\"", &[1]);
    check("say(\"SELECTED\"); say(\"Update all\"); say(\"select one\")", &[]);
    check_text("SQL text", "crates/store/src/a.rs", "q(\"SELECT 1\")", &[]);
}

#[test]
fn there_are_no_build_scripts() {
    check_text("build scripts", "crates/web/build.rs", "//! A.\n", &[1]);
    check_text("build scripts", "crates/web/src/rebuild.rs", "//! A.\n", &[]);
}

#[test]
fn lines_and_files_end_cleanly() {
    check_text("blanks", "a.toml", "a = 1 \nb = 2\t\nc = 3\r\nd = 4\n", &[1, 2, 3]);
    check_text("newline", "a.toml", "a = 1\nb = 2", &[2]);
    check_text("newline", "a.toml", "", &[]);
}

#[track_caller]
fn check_manifest(path: &str, text: &str, expect: &[(usize, &str)]) {
    let findings = manifests::findings(&source(path, text));
    let found: Vec<(usize, &str)> =
        findings.iter().map(|finding| (finding.line, finding.right.as_str())).collect();
    assert_eq!(found, expect, "{path}: {text:?}");
}

#[test]
fn arrows_point_down() {
    let web = "crates/web/Cargo.toml";
    check_manifest(web, "[dependencies]\nengine.workspace = true\n", &[]);
    check_manifest(
        web,
        "[package]\nname = \"web\"\n[dependencies]\noutbound.workspace = true\n",
        &[(4, "web may know domain, engine, render, store, not outbound: arrows point down")],
    );
    check_manifest(web, "[dev-dependencies]\ntestkit = { workspace = true }\n", &[]);
    check_manifest(
        "crates/domain/Cargo.toml",
        "[dev-dependencies]\ntestkit.workspace = true\n",
        &[(2, "domain may know none of ours, not testkit: arrows point down")],
    );
    check_manifest(
        "crates/new/Cargo.toml",
        "[dependencies]\n",
        &[(1, "give new its floor in ARCHITECTURE.md and in xtask/src/tidy")],
    );
}

#[test]
fn no_crate_may_know_its_own_floor_or_a_higher_one() {
    let floors: [&[&str]; 5] =
        [&["domain"], &["formats", "render", "store", "outbound"], &["engine"], &["web"], &["server"]];
    for (floor, names) in floors.iter().enumerate() {
        for (name, other) in
            names.iter().flat_map(|name| floors[floor..].concat().into_iter().map(move |o| (name, o)))
        {
            let manifest = format!("[dependencies]\n{other}.workspace = true\n");
            let found = manifests::findings(&source(&format!("crates/{name}/Cargo.toml"), &manifest));
            assert_eq!(found.len(), 1, "{name} -> {other}");
        }
    }
}

#[test]
fn the_rules_know_little_of_the_world() {
    let right = "domain may use jiff, thiserror, uuid, not serde: find the lowest floor for it";
    check_manifest("crates/domain/Cargo.toml", "[dependencies]\nserde.workspace = true\n", &[(2, right)]);
    check_manifest("crates/domain/Cargo.toml", "[dev-dependencies]\nproptest.workspace = true\n", &[]);
}

#[test]
fn versions_live_in_the_root_manifest() {
    let right = "write `serde.workspace = true`; versions live in the root manifest";
    let check = |text: &str, expect: &[(usize, &str)]| check_manifest("crates/web/Cargo.toml", text, expect);
    check("[dependencies]\nserde = \"1\"\n", &[(2, right)]);
    check("[dependencies]\nserde = { version = \"1\" }\n", &[(2, right)]);
    check("[dependencies.serde]\nversion = \"1\"\n", &[(1, right)]);
    check("[target.'cfg(unix)'.dependencies]\nserde = \"1\" # why\n", &[(2, right)]);
    check("[dependencies]\nserde = { workspace = true, features = [\"rc\"] }\n", &[]);
    check("[features]\nserde = []\n", &[]);
}

#[test]
fn the_change_log_keeps_up_with_the_version() {
    let check = |log: &str, sound: bool| {
        let sources =
            [source("Cargo.toml", "[workspace.package]\nversion = \"0.2.0\"\n"), source("CHANGELOG.md", log)];
        assert_eq!(manifests::unreleased(&sources).is_none(), sound, "{log:?}");
    };
    check("# Changes\n\n## [Unreleased]\n", true);
    check("# Changes\n\n## [0.2.0] - 2026-12-01\n", true);
    check("# Changes\n\n## [0.1.0] - 2026-11-01\n", false);
    check("", false);
}
