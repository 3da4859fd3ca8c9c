//! Puts the parts together and keeps them running: one process that does everything.
//!
//! Lifecycle: bind, migrate, apply the configuration, fill the shelf from its files, then start the workers. On a signal
//! the listeners drain and every worker ends after its turn; a second signal ends the process at once.

use std::{collections::HashSet, future::Future, path::Path, sync::Arc};

use anyhow::{Context, Result};
use engine::{
    Identity, Shell,
    catalog::Reach,
    drive,
    links::SigningKey,
    seams::{Clock, LocalBell, Mint},
    setups::{self, Setups},
    shelf::Shelf,
    workers::{self, Auditor, Retention, Worker},
};
use outbound::{Network, Outbound};
use store::{Database, Lane, leases, settings};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};
use url::{Host, Url};

use crate::{
    config::{Config, MailSecurity},
    log::Log,
    seams::{SystemClock, SystemMint},
    standby::{Doors, Parts},
    watchdog,
};

/// The setting that holds the installation's key.
const KEY: &str = "signing_key";

/// What to do about having nobody outside.
const DEAD_MAN_HINT: &str = "make a check with a period of 1 minute at healthchecks.io or the like, and put its ping \
                             address into the configuration, as [dead_man] url = \"https://hc-ping.com/…\"";

/// Open files that are enough for every provider there is.
const MOST_FILES: u64 = 32_768;

/// The databases of an installation.
pub(crate) struct Stores {
    pub(crate) ledger: Arc<Database>,
    pub(crate) history: Arc<Database>,
}

/// Opens both databases and brings their schemas up to date.
pub(crate) fn open_stores(config: &Config) -> Result<Stores> {
    let url = config.database_url.expose();
    let ledger = Database::open(url, &store::Options::default()).context("the ledger can't be opened")?;
    ledger.migrate(&store::LEDGER).context("the ledger can't be brought up to date")?;
    let options = store::Options { durability: store::Durability::Normal, ..store::Options::default() };
    let history = Database::open(&history_url(url), &options).context("the poll log can't be opened")?;
    history.migrate(&store::HISTORY).context("the poll log can't be brought up to date")?;
    Ok(Stores { ledger: Arc::new(ledger), history: Arc::new(history) })
}

/// On SQLite the poll log is a file of its own beside the ledger; on PostgreSQL it is in the same database.
fn history_url(ledger: &str) -> String {
    match ledger.strip_prefix("sqlite://") {
        Some(path) => format!("sqlite://{}", Path::new(path).with_extension("history.db").display()),
        None => ledger.to_owned(),
    }
}

/// Opens the stores, applies the configuration and makes the shell.
pub(crate) fn assemble(
    config: &Config,
    stores: &Stores,
    shelf: Arc<Shelf>,
    outbound: Arc<dyn Outbound>,
) -> Result<Shell> {
    let (clock, mint) = (SystemClock, SystemMint::new());
    let key = made_key(&stores.ledger, &mint)?;
    let (objects, source, catalog) = (config.objects.clone(), source(config), Arc::new(config.providers()));
    let (now, known) = (clock.now(), Arc::clone(&catalog));
    stores
        .ledger
        .write_blocking(Lane::Paging, move |tx| {
            leases::expire_all(tx)?;
            setups::apply(tx, now, &objects, &source)?;
            match known.reach() {
                Reach::Used => {}
                Reach::All => setups::register_all(tx, now, &known.all())?,
            }
            setups::redeclare(tx, now, &known.all())
        })
        .context("the configuration can't be applied")?;
    Ok(Shell {
        clock: Arc::new(clock),
        mint: Arc::new(mint),
        outbound,
        ledger: Arc::clone(&stores.ledger) as Arc<dyn store::Db>,
        history: Arc::clone(&stores.history) as Arc<dyn store::Db>,
        doorbell: Arc::new(LocalBell::default()),
        catalog,
        setups: Arc::new(Setups::with(config.means())),
        shelf,
        visits: Arc::default(),
        memory: Arc::default(),
        meters: Arc::default(),
        pulse: Arc::default(),
        live: Arc::default(),
        key,
        identity: Arc::new(Identity {
            node: format!(
                "{}-{}",
                std::env::var("HOSTNAME").unwrap_or_else(|_| "node".to_owned()),
                std::process::id()
            ),
            public_url: config.server.public_url.clone(),
            mail_from: config.mail.as_ref().map(|mail| mail.from.clone()),
            anchors: config.egress.anchors.clone(),
            telephony: config.telephony.clone(),
        }),
    })
}

/// Opens the shelf of public pages in the folder for data.
pub(crate) fn shelf(config: &Config) -> Result<Arc<Shelf>> {
    let folder = config.server.data_dir.join("pages");
    Ok(Arc::new(Shelf::open(&folder, render::generation()).context("the folder of pages can't be used")?))
}

/// Returns the installation's key, made where there is none.
pub(crate) fn made_key(ledger: &Database, mint: &SystemMint) -> Result<SigningKey> {
    let fresh = hex(&mint.secret());
    let stored =
        ledger.write_blocking(Lane::Paging, move |tx| settings::insert_if_absent(tx, KEY, &fresh))?;
    Ok(SigningKey::new(unhex(&stored).context("the stored signing key is spoilt")?))
}

/// Returns the installation's key, once a server has made it.
pub(crate) fn stored_key(ledger: &Database) -> Result<Option<SigningKey>> {
    let stored = ledger.read_blocking(|tx| settings::find(tx, KEY))?;
    let key = |stored: String| unhex(&stored).context("the stored signing key is spoilt");
    stored.map(key).transpose().map(|key| key.map(SigningKey::new))
}

/// Returns where a configuration came from, for the record.
pub(crate) fn source(config: &Config) -> String {
    config.source.as_ref().map_or_else(|| "defaults".to_owned(), |path| path.display().to_string())
}

/// The network, as this configuration allows it.
pub(crate) fn network(config: &Config) -> Result<Arc<dyn Outbound>> {
    let mail = config.mail.as_ref().map(|mail| outbound::MailServer {
        host: mail.host.clone(),
        port: mail.port,
        security: match mail.security {
            MailSecurity::StartTls => outbound::MailSecurity::StartTls,
            MailSecurity::Tls => outbound::MailSecurity::Tls,
            MailSecurity::None => outbound::MailSecurity::None,
        },
        credentials: mail.credentials.clone().map(|(name, password)| (name, password.expose().to_owned())),
    });
    let options = outbound::Options {
        allow: config.egress.allow.clone(),
        mail,
        contact: contact(&config.server.public_url),
        ..outbound::Options::default()
    };
    Ok(Arc::new(Network::new(options)?))
}

/// Returns the address to name to those who are asked, if it leads anybody but ourselves here.
fn contact(public_url: &str) -> Option<String> {
    let is_here = match Url::parse(public_url).ok()?.host()? {
        Host::Domain(name) => name == "localhost" || name.ends_with(".localhost"),
        Host::Ipv4(address) => address.is_loopback() || address.is_unspecified(),
        Host::Ipv6(address) => address.is_loopback() || address.is_unspecified(),
    };
    (!is_here).then(|| public_url.to_owned())
}

/// Tasks that run until they are told to stop. One that ends by itself stops the others: loudly rather than half.
pub(crate) struct Lifecycle {
    tasks: JoinSet<&'static str>,
    /// Ends everything.
    pub(crate) stop: CancellationToken,
}

impl Lifecycle {
    /// Starts with nothing running.
    pub(crate) fn new() -> Self {
        Self { tasks: JoinSet::new(), stop: CancellationToken::new() }
    }

    /// Starts a task.
    pub(crate) fn spawn(&mut self, name: &'static str, task: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(async move {
            task.await;
            name
        });
    }

    /// Starts every worker.
    pub(crate) fn spawn_workers(&mut self, shell: &Shell, retention: Retention) {
        for worker in workers::all_keeping(retention) {
            self.spawn_worker(worker, shell);
        }
    }

    /// Starts a worker.
    pub(crate) fn spawn_worker(&mut self, worker: Box<dyn Worker>, shell: &Shell) {
        let (shell, stop) = (shell.clone(), self.stop.clone());
        let name = worker.name();
        self.spawn(name, async move { drive::run(&*worker, &shell, &stop).await });
    }

    /// Waits until a task ends or `stop` is called; then ends all. An error names the task that ended by itself.
    pub(crate) async fn run(mut self) -> Result<()> {
        let ended = tokio::select! {
            // Whoever was told to stop has not ended by itself, even when both are so by now.
            biased;
            () = self.stop.cancelled() => None,
            ended = self.tasks.join_next() => ended,
        };
        self.stop.cancel();
        let by_itself = ended.map(|task| task.map_or_else(|error| error.to_string(), str::to_owned));
        let mut late: HashSet<String> = HashSet::new();
        while let Some(task) = self.tasks.join_next().await {
            if let Err(failure) = task {
                error!(error = %failure, "a task failed while stopping");
                late.insert(failure.to_string());
            }
        }
        match by_itself {
            Some(name) => anyhow::bail!("{name} ended by itself"),
            None if late.is_empty() => Ok(()),
            None => anyhow::bail!("some tasks failed while stopping"),
        }
    }
}

/// Runs everything until a signal comes.
pub(crate) async fn serve(config: Config, log: Option<&Log>) -> Result<()> {
    raise_file_limit();
    // First of all: beside a server that runs already this one must change nothing.
    let public = web::Listening::on(config.server.listen)
        .await
        .with_context(|| format!("can't listen on {}", config.server.listen))?;
    let admin = web::Listening::on(config.server.admin_listen)
        .await
        .with_context(|| format!("can't listen on {}", config.server.admin_listen))?;
    // Before the ledger: what stands on the shelf is served whatever the ledger does.
    let (shelf, outbound) = (shelf(&config)?, network(&config)?);
    let mut lifecycle = Lifecycle::new();
    stop_on_signal(&mut lifecycle);
    let parts = Parts { config, shelf, outbound };
    let Some((shell, Doors { public, admin })) =
        parts.shell(Doors { public, admin }, &lifecycle.stop).await?
    else {
        return lifecycle.run().await;
    };
    let config = parts.config;
    info!(address = %public.address, url = config.server.public_url, "serving");
    let pages = web::public(&shell, lifecycle.stop.clone());
    spawn_web(&mut lifecycle, public, pages);
    spawn_web(&mut lifecycle, admin, web::admin(&shell));
    lifecycle.spawn_workers(&shell, config.retention);
    if config.dead_man.is_none() {
        warn!("nobody outside notices when this process or its machine is gone: {DEAD_MAN_HINT}");
    }
    lifecycle.spawn_worker(Box::new(Auditor::new(config.dead_man)), &shell);
    let _watchdog = watchdog::start(&shell, log.cloned()).context("the watchdog can't be started")?;
    lifecycle.run().await
}

/// Every kept connection is an open file, and the usual limit of 1,024 would have thousands of sources push one another out.
fn raise_file_limit() {
    if let Err(error) = rlimit::increase_nofile_limit(MOST_FILES) {
        tracing::warn!(%error, "the limit of open files could not be raised");
    }
}

/// Serves a router as a task.
pub(crate) fn spawn_web(lifecycle: &mut Lifecycle, listening: web::Listening, router: axum::Router) {
    let stop = lifecycle.stop.clone();
    lifecycle.spawn("web", async move {
        if let Err(error) = web::serve(listening, router, stop).await {
            error!(%error, "a listener failed");
        }
    });
}

/// Ends everything on the first signal, and the process on the second.
pub(crate) fn stop_on_signal(lifecycle: &mut Lifecycle) {
    let stop = lifecycle.stop.clone();
    lifecycle.spawn("signals", async move {
        tokio::select! {
            () = signalled() => info!("stopping"),
            () = stop.cancelled() => return,
        }
        stop.cancel();
    });
}

async fn signalled() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return std::future::pending().await };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let mut key = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (n, byte) in key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * n..2 * n + 2], 16).ok()?;
    }
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_this_machine_is_no_contact() {
        for here in ["http://localhost:8080", "http://127.0.0.1:8080", "http://[::1]", "http://0.0.0.0:80"] {
            assert_eq!(contact(here), None, "{here}");
        }
        assert_eq!(contact("https://status.acme.example").as_deref(), Some("https://status.acme.example"));
    }
}
