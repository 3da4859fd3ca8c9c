//! Listens and serves until told to stop; then lets running requests end, within a deadline.

use std::{io, net::SocketAddr, time::Duration};

use axum::Router;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower_http::catch_panic::CatchPanicLayer;

/// How long running requests may take to end.
const DRAIN: Duration = Duration::from_secs(5);

/// A socket that is bound and not yet served.
#[derive(Debug)]
pub struct Listening {
    listener: TcpListener,
    /// The address it is bound to.
    pub address: SocketAddr,
}

impl Listening {
    /// Binds a socket.
    ///
    /// # Errors
    /// When the address is taken or not ours.
    pub async fn on(address: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        Ok(Self { address: listener.local_addr()?, listener })
    }

    /// Returns two for the same socket: who connects is served by either, so that one can follow the other without a gap.
    ///
    /// # Errors
    /// When there can be no more open files.
    pub fn twice(self) -> io::Result<(Self, Self)> {
        let first = self.listener.into_std()?;
        let second = TcpListener::from_std(first.try_clone()?)?;
        let first = TcpListener::from_std(first)?;
        let address = self.address;
        Ok((Self { listener: first, address }, Self { listener: second, address }))
    }
}

/// Serves until `stop`, then for a few seconds more those who are being served.
///
/// # Errors
/// When accepting fails for good.
pub async fn serve(listening: Listening, router: Router, stop: CancellationToken) -> io::Result<()> {
    let router = router.layer(CatchPanicLayer::new());
    let draining = stop.clone();
    let serving = axum::serve(listening.listener, router.into_make_service_with_connect_info::<SocketAddr>())
        .with_graceful_shutdown(async move { draining.cancelled().await });
    let deadline = async {
        stop.cancelled().await;
        tokio::time::sleep(DRAIN).await;
    };
    tokio::select! {
        done = serving => done,
        () = deadline => Ok(()),
    }
}
