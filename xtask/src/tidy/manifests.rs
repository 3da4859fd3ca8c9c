//! The floor plan, read from the members' manifests: which crate may know which, and that versions stay in the root.

use super::{Finding, Source};

/// Which of our crates a crate may know.
struct Floor {
    name: &'static str,
    may_know: &'static [&'static str],
    /// In its tests, besides.
    in_tests: &'static [&'static str],
}

/// The arrows of the floor plan; ARCHITECTURE.md draws them. A new one needs a line in both.
const FLOORS: &[Floor] = &[
    Floor { name: "domain", may_know: &[], in_tests: &[] },
    Floor { name: "formats", may_know: &["domain"], in_tests: &[] },
    Floor { name: "render", may_know: &["domain"], in_tests: &[] },
    Floor { name: "store", may_know: &["domain"], in_tests: &[] },
    Floor { name: "outbound", may_know: &["domain"], in_tests: &[] },
    Floor {
        name: "engine",
        may_know: &["domain", "formats", "outbound", "render", "store"],
        in_tests: &["testkit"],
    },
    Floor { name: "web", may_know: &["domain", "engine", "render", "store"], in_tests: &["testkit"] },
    Floor {
        name: "server",
        may_know: &["domain", "engine", "formats", "outbound", "render", "store", "web"],
        in_tests: &["testkit"],
    },
    Floor { name: "testkit", may_know: &["domain", "engine", "formats", "outbound", "store"], in_tests: &[] },
    Floor { name: "xtask", may_know: &[], in_tests: &[] },
];

/// All that the rules may know of the world: civil time, error derives, ids.
const DOMAIN_MAY_USE: &[&str] = &["jiff", "thiserror", "uuid"];

/// One dependency of a member's manifest.
struct Dependency<'a> {
    name: &'a str,
    value: &'a str,
    line: usize,
    is_dev: bool,
}

/// Returns what a member's manifest breaks; other files break nothing here.
pub(super) fn findings(source: &Source) -> Vec<Finding> {
    let Some(member) = member(&source.path) else { return Vec::new() };
    let finding = |line: usize, right: String| Finding { path: source.path.clone(), line, right };
    let Some(floor) = FLOORS.iter().find(|floor| floor.name == member) else {
        return vec![finding(1, format!("give {member} its floor in ARCHITECTURE.md and in xtask/src/tidy"))];
    };
    let mut findings = Vec::new();
    for dependency in dependencies(&source.text) {
        let Dependency { name, value, line, is_dev } = dependency;
        let is_ours = FLOORS.iter().any(|floor| floor.name == name);
        if is_ours && !floor.may_know.contains(&name) && !(is_dev && floor.in_tests.contains(&name)) {
            let may =
                if floor.may_know.is_empty() { "none of ours".to_owned() } else { floor.may_know.join(", ") };
            findings.push(finding(line, format!("{member} may know {may}, not {name}: arrows point down")));
        }
        if member == "domain" && !is_ours && !is_dev && !DOMAIN_MAY_USE.contains(&name) {
            let may = DOMAIN_MAY_USE.join(", ");
            findings.push(finding(
                line,
                format!("domain may use {may}, not {name}: find the lowest floor for it"),
            ));
        }
        if !value.contains("workspace = true") {
            findings.push(finding(
                line,
                format!("write `{name}.workspace = true`; versions live in the root manifest"),
            ));
        }
    }
    findings
}

/// Returns a finding when the change log knows neither the version nor unreleased work.
pub(super) fn unreleased(sources: &[Source]) -> Option<Finding> {
    let text =
        |path: &str| sources.iter().find(|source| source.path == path).map_or("", |source| &source.text);
    let root = text("Cargo.toml");
    let version = root.lines().find_map(|line| line.strip_prefix("version = \"")?.strip_suffix('"'));
    let log = text("CHANGELOG.md");
    let heads = log.lines().filter_map(|line| line.strip_prefix("## ["));
    let mut names = heads.filter_map(|head| head.split(']').next());
    if names.any(|name| name == "Unreleased" || Some(name) == version) {
        return None;
    }
    let right = format!("open a section `## [Unreleased]` or `## [{}]`", version.unwrap_or("0.0.0"));
    Some(Finding { path: "CHANGELOG.md".to_owned(), line: 1, right })
}

/// Returns the name of the member whose manifest this is.
fn member(path: &str) -> Option<&str> {
    let folder = path.strip_suffix("/Cargo.toml")?;
    match folder.strip_prefix("crates/") {
        Some(name) => Some(name),
        None => (folder == "xtask").then_some(folder),
    }
}

/// Reads the dependency tables of a manifest, line by line: ours are written one dependency a line.
fn dependencies(manifest: &str) -> Vec<Dependency<'_>> {
    let mut found = Vec::new();
    let mut table = "";
    for (at, line) in manifest.lines().enumerate() {
        let line = line.split('#').next().unwrap_or_default().trim();
        if let Some(name) = line.strip_prefix('[') {
            table = name.trim_end_matches(']');
            // `[dependencies.tokio]` names a dependency in its head; its own lines are no dependencies.
            if let Some((tables, name)) = table.rsplit_once('.')
                && tables.ends_with("dependencies")
            {
                found.push(Dependency { name, value: "", line: at + 1, is_dev: tables.contains("dev-") });
            }
        } else if table.ends_with("dependencies")
            && let Some((key, value)) = line.split_once('=')
        {
            let name = key.trim().split('.').next().unwrap_or_default();
            let value =
                if key.contains(".workspace") && value.trim() == "true" { "workspace = true" } else { value };
            found.push(Dependency { name, value, line: at + 1, is_dev: table.contains("dev-") });
        }
    }
    found
}
