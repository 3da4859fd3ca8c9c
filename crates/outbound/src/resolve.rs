//! From a host to the addresses that may be dialled.
//!
//! Every address that a name has is checked, and one refused address refuses the name: a name that points inside as well
//! as outside is an attack or a mistake. What is returned is what is dialled, so a second answer can't differ from the
//! checked one. `localhost` is answered here and goes through the same check; `/etc/hosts` is asked before the network.
//! The name servers are those of the system when this process began.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    time::Duration,
};

use hickory_resolver::{
    ResolverBuilder, TokioResolver,
    config::{LookupIpStrategy, NameServerConfig, ResolveHosts, ResolverConfig},
    net::{NetError, runtime::TokioRuntimeProvider},
    proto::rr::{RData, Record, RecordType},
};
use tokio::time::timeout;
use tracing::warn;
use url::Host;

use crate::{FetchError, Guard};

use hosts::Hosts;
pub(crate) use remembered::Remembered;

mod hosts;
mod remembered;
#[cfg(test)]
mod tests;

/// The system's file of names. Elsewhere than on Unix there is none, and then only the network is asked.
const HOSTS: &str = "/etc/hosts";

/// How long a name may take; longer than a try and its repetition.
const LOOKUP: Duration = Duration::from_secs(7);

/// How long one try may take.
const TRY: Duration = Duration::from_secs(3);

/// Looks names up and checks what comes back.
pub(crate) struct Resolver {
    hosts: Hosts,
    names: TokioResolver,
    guard: Guard,
}

impl Resolver {
    /// Reads the system's configuration, once. Without one it asks the name server on this machine, as the C library does.
    pub(crate) fn new(guard: Guard) -> io::Result<Self> {
        let builder = TokioResolver::builder_tokio().unwrap_or_else(|error| {
            warn!(error = %error, "resolver configuration could not be read");
            asking(NameServerConfig::udp_and_tcp(Ipv4Addr::LOCALHOST.into()))
        });
        Self::build(builder, guard)
    }

    fn build(mut builder: ResolverBuilder<TokioRuntimeProvider>, guard: Guard) -> io::Result<Self> {
        let options = builder.options_mut();
        options.ip_strategy = LookupIpStrategy::Ipv4AndIpv6;
        options.timeout = TRY;
        options.attempts = 1;
        options.use_hosts_file = ResolveHosts::Never; // it would be read once
        Ok(Self { hosts: Hosts::new(HOSTS), names: builder.build().map_err(io::Error::other)?, guard })
    }

    /// Returns the addresses of `host`, all of them checked, at least one.
    pub(crate) async fn resolve(&self, host: &Host<String>) -> Result<Vec<IpAddr>, FetchError> {
        let addresses = match host {
            Host::Ipv4(address) => vec![IpAddr::V4(*address)],
            Host::Ipv6(address) => vec![IpAddr::V6(*address)],
            Host::Domain(name) if is_localhost(name) => {
                vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]
            }
            Host::Domain(name) => self.look_up(name).await?,
        };
        for &address in &addresses {
            self.check(address)?;
        }
        Ok(addresses)
    }

    /// Checks an address that was found here before.
    pub(crate) fn check(&self, address: IpAddr) -> Result<(), FetchError> {
        Ok(self.guard.check(address)?)
    }

    /// Returns the texts that the DNS holds under a name, the pieces of each put together.
    pub(crate) async fn texts(&self, name: &str) -> Result<Vec<String>, String> {
        let found = match timeout(LOOKUP, self.names.lookup(absolute(name), RecordType::TXT)).await {
            Ok(Ok(found)) => found,
            Ok(Err(error)) if error.is_no_records_found() => return Ok(Vec::new()),
            Ok(Err(error)) => return Err(reason(&error)),
            Err(_) => return Err(format!("no answer within {} s", LOOKUP.as_secs())),
        };
        let text = |record: &Record| {
            let RData::TXT(text) = &record.data else { return None };
            Some(String::from_utf8_lossy(&text.txt_data.concat()).into_owned())
        };
        Ok(found.answers().iter().filter_map(text).collect())
    }

    async fn look_up(&self, name: &str) -> Result<Vec<IpAddr>, FetchError> {
        let known = self.hosts.find(name).await;
        if !known.is_empty() {
            return Ok(known);
        }
        let found = in_time(self.names.lookup_ip(absolute(name))).await;
        match found.map(|found| found.iter().collect::<Vec<_>>()) {
            Ok(addresses) if !addresses.is_empty() => Ok(addresses),
            Ok(_) => Err(unresolved(name, "it has no address".to_owned())),
            Err(reason) => Err(unresolved(name, reason)),
        }
    }
}

fn unresolved(name: &str, reason: String) -> FetchError {
    FetchError::Unresolved { host: name.to_owned(), reason }
}

async fn in_time<T>(lookup: impl Future<Output = Result<T, NetError>>) -> Result<T, String> {
    match timeout(LOOKUP, lookup).await {
        Ok(found) => found.map_err(|error| reason(&error)),
        Err(_) => Err(format!("no answer within {} s", LOOKUP.as_secs())),
    }
}

fn asking(server: NameServerConfig) -> ResolverBuilder<TokioRuntimeProvider> {
    let config = ResolverConfig::from_parts(None, Vec::new(), vec![server]);
    TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
}

/// `localhost` and all below it (RFC 6761, section 6.3).
fn is_localhost(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    name == "localhost" || name.ends_with(".localhost")
}

/// Ends a name that has a dot with another one, so that the search list, which is for short names, does not apply.
fn absolute(name: &str) -> String {
    if name.contains('.') && !name.ends_with('.') { format!("{name}.") } else { name.to_owned() }
}

fn reason(error: &NetError) -> String {
    if error.is_nx_domain() {
        return "there is no such name".to_owned();
    }
    if error.is_no_records_found() {
        return "it has no address".to_owned();
    }
    error.to_string()
}
