//! The Debian packages that the tests need, installed where they are missing.
//!
//! Everything that is only built needs Rust and a C compiler; this is for the tests alone.

use std::{
    env,
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Result, bail};

use crate::{postgres, run};

/// A need, how we see that it is met, and the package that meets it.
struct Need {
    package: &'static str,
    is_met: fn() -> bool,
}

const NEEDS: &[Need] = &[
    Need { package: "postgresql", is_met: || postgres::binaries().is_ok() },
    Need { package: "chromium", is_met: || Path::new("/usr/bin/chromium").exists() },
    Need { package: "fonts-dejavu-core", is_met: || Path::new("/usr/share/fonts/truetype/dejavu").exists() },
    Need { package: "nodejs", is_met: || on_path("node") },
    Need { package: "npm", is_met: || on_path("npm") },
    Need { package: "util-linux", is_met: || on_path("setpriv") },
];

/// Installs every missing package with apt, asking nothing.
///
/// # Errors
/// Fails with the list of packages when this system has no apt, or when we are neither root nor can become it.
pub(crate) fn install_missing() -> Result<()> {
    let missing: Vec<&str> = NEEDS.iter().filter(|need| !(need.is_met)()).map(|need| need.package).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let list = missing.join(" ");
    if !on_path("apt-get") {
        bail!("the tests need {list}, and this system has no apt-get: install them its own way");
    }
    if !is_root()? && !on_path("sudo") {
        bail!("the tests need {list}: run `apt-get install {list}` as root, there is no sudo here");
    }
    println!("installing {list}");
    run::succeed(apt_get()?.arg("update").stdout(Stdio::null()))?;
    run::succeed(apt_get()?.args(["install", "--yes", "--no-install-recommends"]).args(&missing))?;
    match NEEDS.iter().find(|need| !(need.is_met)()) {
        Some(need) => {
            bail!("apt-get installed {}, but it is still not where the tests look for it", need.package)
        }
        None => Ok(()),
    }
}

/// Tells whether we run as root, by asking `id`: the standard library has no call for it.
pub(crate) fn is_root() -> Result<bool> {
    Ok(run::output(Command::new("id").arg("-u"))?.trim() == "0")
}

fn apt_get() -> Result<Command> {
    let mut command = Command::new(if is_root()? { "env" } else { "sudo" });
    command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet"]);
    Ok(command)
}

fn on_path(program: &str) -> bool {
    env::split_paths(&env::var_os("PATH").unwrap_or_default()).any(|folder| folder.join(program).is_file())
}
