//! A PostgreSQL server for the length of one test run: its own folder, its own port, default durability.
//!
//! PostgreSQL refuses to run as root, so root hands the folder and the process to the `postgres` user. The kernel
//! interrupts the server when we die (`setpriv --pdeathsig`), so not even a killed run leaves one behind.

use std::{
    fs,
    io::{BufRead, BufReader},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
};

use anyhow::{Context, Result, bail};

use crate::{packages, run};

/// The variable that tells tests where the server is.
pub(crate) const VARIABLE: &str = "MIDWATCH_TEST_POSTGRES";

/// The variable that tells them of a database with the whole schema, which they copy: making a schema takes longer than most
/// tests.
pub(crate) const TEMPLATE_VARIABLE: &str = "MIDWATCH_TEST_POSTGRES_TEMPLATE";

/// The name of that database.
const TEMPLATE: &str = "midwatch_schema";

/// Each test holds a few connections at once, and as many tests run as there are cores.
const MAX_CONNECTIONS: &str = "max_connections=200";

/// A running server; dropping it stops it and removes its folder.
pub(crate) struct Server {
    owner: Owner,
    binaries: PathBuf,
    folder: PathBuf,
    port: u16,
    process: Child,
}

impl Server {
    /// Makes a database cluster and starts a server on a free loopback port.
    ///
    /// # Errors
    /// Fails when the binaries are missing or the server does not come up; its log is then on standard error.
    pub(crate) fn start() -> Result<Server> {
        let owner = if packages::is_root()? { Owner::Postgres } else { Owner::Us };
        let binaries = binaries()?;
        let folder = owner.make_folder()?;
        let cluster = folder.join("cluster");
        let mut initdb = owner.command(&binaries.join("initdb"), &folder);
        initdb.args([
            "--auth=trust",
            "--username=postgres",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--pgdata",
        ]);
        run::succeed(initdb.arg(&cluster).stdout(Stdio::null()))?;
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let mut command = owner.command(&binaries.join("postgres"), &folder);
        command.arg("-D").arg(&cluster).args(["-c", &format!("port={port}")]);
        command.args(["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="]); // TCP only
        command.args(["-c", MAX_CONNECTIONS]);
        // The tests end processes of ours, never this server: what it holds need not outlive the machine.
        command.args(["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]);
        let process =
            command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().context("starting postgres")?;
        let mut server = Server { owner, binaries, folder, port, process };
        server.await_readiness()?;
        Ok(server)
    }

    /// Returns the address of a database that tests may fill; they make their own databases beside it.
    pub(crate) fn url(&self) -> String {
        self.url_of("postgres")
    }

    fn url_of(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    /// Makes the database of [`TEMPLATE_VARIABLE`] by the program's own `migrate`; returns its name.
    ///
    /// # Errors
    /// Fails when the program refuses.
    pub(crate) fn make_template(&self, midwatch: &Path) -> Result<&'static str> {
        let mut createdb = self.owner.command(&self.binaries.join("createdb"), &self.folder);
        createdb.args(["--host=127.0.0.1", "--username=postgres", "--template=template0", TEMPLATE]);
        run::succeed(createdb.arg(format!("--port={}", self.port)))?;
        let home = self.folder.join("template");
        fs::create_dir(&home)?;
        let config = home.join("midwatch.toml");
        fs::write(&config, format!("[database]\nurl = \"{}\"\n", self.url_of(TEMPLATE)))?;
        let mut migrate = Command::new(midwatch);
        migrate.current_dir(&home).arg("migrate").arg("--config").arg(&config);
        run::succeed(migrate.stdout(Stdio::null()))?;
        Ok(TEMPLATE)
    }

    /// Reads the server's log until it says that it is ready, then keeps draining it so that it never blocks.
    fn await_readiness(&mut self) -> Result<()> {
        let log = self.process.stderr.take().expect("standard error was asked for");
        let mut lines = BufReader::new(log).lines();
        let mut seen = Vec::new();
        for line in lines.by_ref() {
            let line = line.context("reading the log of postgres")?;
            let is_ready = line.contains("database system is ready to accept connections");
            seen.push(line);
            if is_ready {
                thread::spawn(move || lines.for_each(drop));
                return Ok(());
            }
        }
        bail!("postgres ended before it was ready:\n{}", seen.join("\n"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let mut stop = self.owner.command(&self.binaries.join("pg_ctl"), &self.folder);
        stop.args(["stop", "--silent", "--mode=fast", "--wait", "--pgdata"]).arg(self.folder.join("cluster"));
        // A server that died on its own has nothing to stop; then there is only its folder to remove.
        let stopped = stop.stderr(Stdio::null()).status();
        if !stopped.is_ok_and(|status| status.success()) {
            drop(self.process.kill());
        }
        drop(self.process.wait());
        if let Err(error) = fs::remove_dir_all(&self.folder) {
            eprintln!("{} is left behind: {error}", self.folder.display());
        }
    }
}

/// Whose the server's folder and process are.
enum Owner {
    Us,
    Postgres,
}

impl Owner {
    /// Makes a fresh folder outside the checkout, which may lie where only root can look.
    fn make_folder(&self) -> Result<PathBuf> {
        let made =
            run::output(Command::new("mktemp").args(["-d", "-p", "/var/tmp", "midwatch-pg.XXXXXXXX"]))?;
        let folder = PathBuf::from(made.trim());
        match self {
            Owner::Us => {}
            Owner::Postgres => run::succeed(Command::new("chown").arg("postgres:").arg(&folder))?,
        }
        Ok(folder)
    }

    /// Returns a command that runs as the owner, in `folder`, and is interrupted when we die.
    fn command(&self, program: &Path, folder: &Path) -> Command {
        let mut command = Command::new("setpriv");
        match self {
            Owner::Us => {}
            Owner::Postgres => {
                command.args(["--reuid=postgres", "--regid=postgres", "--init-groups"]);
            }
        }
        command.args(["--pdeathsig", "INT"]).arg(program).current_dir(folder).env("LC_ALL", "C.UTF-8");
        command
    }
}

/// Returns the folder of the newest server binaries, where Debian puts them.
///
/// # Errors
/// Fails when no server is installed.
pub(crate) fn binaries() -> Result<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").context("postgresql is not installed")?;
    let newest = versions
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok()?.parse::<u32>().ok())
        .filter(|version| binaries_of(*version).join("postgres").exists())
        .max();
    newest.map(binaries_of).context("only the client of postgresql is installed, not its server")
}

fn binaries_of(version: u32) -> PathBuf {
    Path::new("/usr/lib/postgresql").join(version.to_string()).join("bin")
}
