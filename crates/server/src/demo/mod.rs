//! `midwatch demo`: the whole product in one minute, with no account and no network.
//!
//! Everything is real but the providers and the phones, which are small servers on loopback: their pages are read over
//! HTTP, the ledger is a database in a folder of its own that is removed at the end, messages are signed and sent. The
//! story only changes the simulated world, and looks from outside at what Midwatch makes of it.

mod eyes;
mod phones;
mod setup;
mod story;
mod teller;
mod wire;
mod world;

use std::{
    fs, io,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::{Context, Result};
use engine::{
    Shell,
    seams::{Clock, Mint},
    workers::Retention,
};
use web::Listening;

use self::{eyes::Reader, phones::Phones, setup::Sketch, story::Stage, teller::Teller, world::World};
use crate::{
    args::Demo,
    runtime::{self, Lifecycle, Stores},
    seams::{SystemClock, SystemMint},
};

/// A port that is free.
const ANY_PORT: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// Runs the demo. False when a step of the story did not happen.
///
/// # Errors
/// When it can't be set up, or a part of the product ends by itself.
pub(crate) async fn run(options: Demo) -> Result<bool> {
    let folder = Folder::fresh().context("there is no folder for the demo")?;
    let mut lifecycle = Lifecycle::new();
    let (stage, _stores) = set_up(&options, &folder, &mut lifecycle).await?;
    let stop = lifecycle.stop.clone();
    let story = async {
        let happened = tokio::select! {
            happened = stage.play() => happened,
            // Whoever ends the demo has seen enough; whoever wanted the whole story has not got it.
            () = stop.cancelled() => return !options.exit,
        };
        if options.exit {
            stop.cancel();
        } else {
            stage.teller.say("");
            stage.teller.say(&format!("The demo goes on: open {}/status/acme; Ctrl-C ends it.", stage.url));
            stop.cancelled().await;
        }
        happened
    };
    let (ended, happened) = tokio::join!(lifecycle.run(), story);
    ended?;
    Ok(happened)
}

/// Starts the simulated world, the phones and the product.
async fn set_up(options: &Demo, folder: &Folder, lifecycle: &mut Lifecycle) -> Result<(Stage, Stores)> {
    let teller = Teller::new();
    let pages = listen(options.listen).await?;
    let (providers_at, phones_at) = (Listening::on(ANY_PORT).await?, Listening::on(ANY_PORT).await?);
    let url = url_of(pages.address);
    teller.say(&format!("Midwatch demo: {url}"));
    let world = Arc::new(World::calm(SystemClock.now())?);
    let phones = Arc::new(Phones::new());
    let config = setup::load(&Sketch {
        folder: folder.path(),
        url: &url,
        providers_at: providers_at.address,
        providers: world.all(),
        phones_at: phones_at.address,
        secret: &phones.secret,
        patience: Duration::from_secs(if options.exit { 3 } else { 8 }),
    })?;
    let stores = runtime::open_stores(&config)?;
    let shelf = runtime::shelf(&config)?;
    let outbound = runtime::network(&config)?;
    let shell = runtime::assemble(&config, &stores, shelf, Arc::clone(&outbound))?;
    let providers_url = format!("http://{}", providers_at.address);
    runtime::spawn_web(lifecycle, providers_at, wire::routes(Arc::clone(&world), providers_url));
    runtime::spawn_web(lifecycle, phones_at, phones::routes(Arc::clone(&phones)));
    start_product(&shell, lifecycle, pages);
    let reader = Reader::new(outbound, &url);
    let pace = Duration::from_millis(if options.exit { 200 } else { 4_000 });
    Ok((Stage { teller, shell, world, phones, reader, url, pace }, stores))
}

fn start_product(shell: &Shell, lifecycle: &mut Lifecycle, pages: Listening) {
    let stop = lifecycle.stop.clone();
    runtime::spawn_web(lifecycle, pages, web::public(shell, stop));
    lifecycle.spawn_workers(shell, Retention::default());
    runtime::stop_on_signal(lifecycle);
}

/// Listens where asked, or on a free port when somebody else does already.
async fn listen(wanted: SocketAddr) -> Result<Listening> {
    match Listening::on(wanted).await {
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
            Ok(Listening::on(SocketAddr::new(wanted.ip(), 0)).await?)
        }
        other => other.with_context(|| format!("can't listen on {wanted}")),
    }
}

/// The address under which the pages are reached from this machine.
fn url_of(address: SocketAddr) -> String {
    if address.ip().is_unspecified() {
        return format!("http://127.0.0.1:{}", address.port());
    }
    format!("http://{address}")
}

/// A folder that is removed with all that is in it.
struct Folder(PathBuf);

impl Folder {
    fn fresh() -> io::Result<Self> {
        let name = format!("midwatch-demo-{}", SystemMint::new().id().simple());
        let path = std::env::temp_dir().join(name);
        fs::create_dir(&path)?;
        Ok(Self(path))
    }

    fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // The ledger's threads may be tidying up in it at the same time. What can't be removed is in the folder for
        // temporary files, where it may stay.
        let _ = (0..3).any(|_| fs::remove_dir_all(&self.0).is_ok());
    }
}
