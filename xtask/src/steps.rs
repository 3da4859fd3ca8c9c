//! The steps of `cargo xtask ci`, in the order in which they run: what needs no build comes first.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};

use crate::{
    packages, postgres,
    run::{self, Tally, Workspace},
    tidy, tree,
};

/// One named thing that must hold before a change lands.
pub(crate) struct Step {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) run: fn(&Workspace) -> Result<Tally>,
}

/// Every step; a name here is a subcommand.
pub(crate) const STEPS: &[Step] = &[
    Step { name: "services", about: "install what the tests need, where it is missing", run: services },
    Step { name: "fmt", about: "formatting, by rustfmt", run: fmt },
    Step { name: "tidy", about: "the floor plan and the house rules", run: tidy },
    Step { name: "tree", about: "what may not be among the dependencies, or only once", run: tree },
    Step { name: "clippy", about: "lints, warnings refused", run: clippy },
    Step { name: "test", about: "every test, on SQLite", run: test },
    Step {
        name: "test-postgres",
        about: "the tests that use a database again, on PostgreSQL",
        run: test_postgres,
    },
    Step { name: "browser", about: "the demo's pages in Chromium", run: browser },
    Step { name: "doc", about: "rustdoc, warnings refused", run: doc },
];

/// The crates whose tests read [`postgres::VARIABLE`].
const ON_POSTGRES: &[&str] = &["store", "server"];

/// Tests in them that use SQLite whatever is said, and long: `test` has run them.
const ON_SQLITE_ALONE: &str = "simulation::";

fn services(_: &Workspace) -> Result<Tally> {
    packages::install_missing()?;
    Ok(Tally::default())
}

fn fmt(workspace: &Workspace) -> Result<Tally> {
    run::succeed(&mut workspace.cargo(&["fmt", "--all", "--check"]))
        .context("`cargo fmt --all` would cure it")?;
    Ok(Tally::default())
}

fn tidy(workspace: &Workspace) -> Result<Tally> {
    let findings = tidy::check(workspace.root())?;
    for finding in &findings {
        println!("{finding}");
    }
    ensure!(findings.is_empty(), "{} findings", findings.len());
    Ok(Tally::default())
}

fn tree(workspace: &Workspace) -> Result<Tally> {
    let arguments =
        ["tree", "--workspace", "--locked", "-e", "normal,build", "--prefix", "none", "--format", "{p}"];
    let broken = tree::broken_gates(&run::output(&mut workspace.cargo(&arguments))?);
    ensure!(broken.is_empty(), "{}", broken.join("; "));
    Ok(Tally::default())
}

fn clippy(workspace: &Workspace) -> Result<Tally> {
    let arguments = ["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"];
    run::succeed(&mut workspace.cargo(&arguments))?;
    Ok(Tally::default())
}

fn test(workspace: &Workspace) -> Result<Tally> {
    run::tests(
        workspace
            .cargo(&["test", "--workspace", "--locked", "--no-fail-fast"])
            .env_remove(postgres::VARIABLE),
    )
}

/// Runs the binaries that `test` built. `cargo test -p` would select other features and build everything again.
fn test_postgres(workspace: &Workspace) -> Result<Tally> {
    packages::install_missing()?;
    let artifacts = artifacts(workspace)?;
    let server = postgres::Server::start()?;
    let template = server.make_template(midwatch(&artifacts)?)?;
    let mut tally = Tally::default();
    for artifact in artifacts.iter().filter(|artifact| artifact.test) {
        if !ON_POSTGRES.iter().any(|package| artifact.folder.ends_with(Path::new("crates").join(package))) {
            continue;
        }
        println!("-- {}", artifact.executable.display());
        let mut command = workspace.command(&artifact.executable.to_string_lossy());
        command.args(["--skip", ON_SQLITE_ALONE]);
        command.current_dir(&artifact.folder).env("CARGO_MANIFEST_DIR", &artifact.folder);
        command.env(postgres::VARIABLE, server.url()).env(postgres::TEMPLATE_VARIABLE, template);
        tally += run::tests(&mut command)?;
    }
    ensure!(
        tally != Tally::default(),
        "no test ran: are {ON_POSTGRES:?} still the crates with tests on PostgreSQL?"
    );
    Ok(tally)
}

fn browser(workspace: &Workspace) -> Result<Tally> {
    packages::install_missing()?;
    let artifacts = artifacts(workspace)?;
    let midwatch = midwatch(&artifacts)?;
    let folder = workspace.root().join("tests/browser");
    let mut install = workspace.command("npm");
    run::succeed(install.current_dir(&folder).args(["ci", "--prefer-offline", "--no-audit", "--no-fund"]))?;
    let mut specs = workspace.command("node");
    run::tests(specs.current_dir(&folder).arg("run.mjs").env("MIDWATCH_BIN", midwatch))
}

fn doc(workspace: &Workspace) -> Result<Tally> {
    let mut command = workspace.cargo(&["doc", "--workspace", "--no-deps", "--locked"]);
    run::succeed(command.env("RUSTDOCFLAGS", "-D warnings"))?;
    Ok(Tally::default())
}

/// A program that cargo built for the tests.
#[derive(Debug, PartialEq)]
struct Artifact {
    /// The folder of its package, in which cargo would run it.
    folder: PathBuf,
    executable: PathBuf,
    /// True for a test binary, false for the product itself.
    test: bool,
}

/// Finds the product among what `test` built.
fn midwatch(artifacts: &[Artifact]) -> Result<&Path> {
    let found = artifacts.iter().find(|artifact| !artifact.test && artifact.executable.ends_with("midwatch"));
    let artifact = found.context("cargo test built no midwatch: crates/server needs an integration test")?;
    Ok(&artifact.executable)
}

fn artifacts(workspace: &Workspace) -> Result<Vec<Artifact>> {
    let arguments =
        ["test", "--workspace", "--locked", "--no-run", "--message-format", "json-render-diagnostics"];
    let messages = run::output(&mut workspace.cargo(&arguments))?;
    let artifacts: Vec<Artifact> = messages.lines().filter_map(artifact).collect();
    for artifact in &artifacts {
        fs::metadata(&artifact.executable).with_context(|| format!("{}", artifact.executable.display()))?;
    }
    Ok(artifacts)
}

/// Reads one line of cargo's JSON messages; only artifacts with an executable count.
fn artifact(line: &str) -> Option<Artifact> {
    let text = |name: &str| {
        let (_, rest) = line.split_once(&format!("\"{name}\":\""))?;
        rest.split_once('"').map(|(value, _)| value)
    };
    let (_, profile) = line.split_once("\"profile\":{")?;
    let (profile, _) = profile.split_once('}')?;
    Some(Artifact {
        folder: Path::new(text("manifest_path")?).parent()?.to_owned(),
        executable: text("executable")?.into(),
        test: profile.contains("\"test\":true"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn artifacts_are_told_apart_by_their_profile() {
        let line = |test: bool, executable: &str| {
            format!(
                r#"{{"reason":"compiler-artifact","manifest_path":"/src/crates/store/Cargo.toml","target":{{"test":true}},"profile":{{"opt_level":"0","test":{test}}},"executable":{executable}}}"#
            )
        };
        let expect =
            |test| Artifact { folder: "/src/crates/store".into(), executable: "/t/store-1".into(), test };
        assert_eq!(artifact(&line(true, "\"/t/store-1\"")), Some(expect(true)));
        assert_eq!(artifact(&line(false, "\"/t/store-1\"")), Some(expect(false)));
        assert_eq!(artifact(&line(true, "null")), None);
        assert_eq!(artifact(r#"{"reason":"build-finished","success":true}"#), None);
    }
}
