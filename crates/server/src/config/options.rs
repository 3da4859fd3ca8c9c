//! The options of the installation: sections that belong to no organisation.

use std::{
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use domain::{provider::Provider, setup::Secret};
use engine::{
    catalog::Reach,
    workers::{DeadMan, PingMethod, Retention},
};
use formats::{
    catalog,
    channels::telephony::Telephony,
    setup::{Field, Objects, Section},
};
use ipnet::IpNet;
use url::Url;

use super::{Config, telephony::telephony};

/// Nobody's status page may be read more often.
const MIN_INTERVAL: Duration = Duration::from_secs(10);

/// Whoever waits for pings outside is not to be pinged more often.
const MIN_PING_INTERVAL: Duration = Duration::from_secs(10);

/// What happened in the last month is still talked about.
const MIN_RETENTION: Duration = Duration::from_secs(30 * 24 * 3600);

/// How often to ping where that is not said: the shortest period that dead man's switches usually offer.
const PING_INTERVAL: Duration = Duration::from_secs(60);

/// Where a process listens and keeps its files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ServerOptions {
    /// The public listener: status pages, dashboard, API.
    pub(crate) listen: SocketAddr,
    /// The address under which people reach `listen`, without a slash at its end. Links in pages and mails begin with it.
    pub(crate) public_url: String,
    /// The folder for the database, rendered pages and keys.
    pub(crate) data_dir: PathBuf,
    /// Metrics and health, never to be reached from outside.
    pub(crate) admin_listen: SocketAddr,
}

/// What binds several processes together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ClusterOptions {
    /// The doorbell: `nats://HOST:PORT`. May hold a password.
    pub(crate) nats: Secret,
}

/// What may be reached, and how we know that we can reach anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EgressOptions {
    /// Networks that the guard lets through although they are private.
    pub(crate) allow: Vec<IpNet>,
    /// Addresses that answer whenever our network works; asked only when many providers fall silent at once.
    pub(crate) anchors: Vec<String>,
}

impl Default for EgressOptions {
    fn default() -> Self {
        Self { allow: Vec::new(), anchors: ANCHORS.map(str::to_owned).to_vec() }
    }
}

/// Small answers from networks that are practically never down together; their owners offer them for this purpose.
const ANCHORS: [&str; 4] = [
    "https://connectivitycheck.gstatic.com/generate_204",
    "https://www.cloudflare.com/cdn-cgi/trace",
    "https://captive.apple.com/hotspot-detect.html",
    "https://detectportal.firefox.com/success.txt",
];

/// Which providers are read, and how often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CatalogOptions {
    /// Whether the shipped providers are there.
    pub(crate) builtin: bool,
    /// Which of the known providers are read.
    pub(crate) poll: Reach,
    /// How often a shipped provider is read while all is quiet.
    pub(crate) interval: Duration,
    /// Whether a page that has moved to another host is read there without being asked.
    pub(crate) follow_moves: bool,
}

impl CatalogOptions {
    /// Returns the shipped providers as these options have them, in ascending order of their slugs.
    pub(crate) fn shipped(&self) -> Vec<Arc<Provider>> {
        if !self.builtin {
            return Vec::new();
        }
        let interval = self.interval;
        let as_asked = |provider: &Arc<Provider>| match provider.interval == interval {
            true => Arc::clone(provider),
            false => Arc::new(Provider { interval, ..Provider::clone(provider) }),
        };
        catalog::builtin().iter().map(as_asked).collect()
    }
}

impl Default for CatalogOptions {
    fn default() -> Self {
        Self { builtin: true, poll: Reach::Used, interval: Duration::from_secs(60), follow_moves: false }
    }
}

/// How e-mail is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MailOptions {
    /// The server that takes our mail.
    pub(crate) host: String,
    /// Its port; without one, what is usual for `security`.
    pub(crate) port: u16,
    /// How the connection is kept private.
    pub(crate) security: MailSecurity,
    /// Name and password, where the server wants them.
    pub(crate) credentials: Option<(String, Secret)>,
    /// The sender's address.
    pub(crate) from: String,
}

/// How a connection to a mail server is kept private.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MailSecurity {
    /// Plain at first, then upgraded; refused when the server can't.
    StartTls,
    /// TLS from the first byte.
    Tls,
    /// Not at all: for a server on the same machine.
    None,
}

/// What a variable of the environment holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Number,
    Flag,
    /// Items with commas between them.
    List,
}

/// Every option that the environment can set, by section and key.
pub(super) const OPTIONS: [(&str, &str, Kind); 24] = [
    ("server", "listen", Kind::Text),
    ("server", "public_url", Kind::Text),
    ("server", "data_dir", Kind::Text),
    ("server", "admin_listen", Kind::Text),
    ("database", "url", Kind::Text),
    ("cluster", "nats", Kind::Text),
    ("egress", "allow", Kind::List),
    ("egress", "anchors", Kind::List),
    ("catalog", "builtin", Kind::Flag),
    ("catalog", "poll", Kind::Text),
    ("catalog", "interval", Kind::Text),
    ("catalog", "follow_moves", Kind::Flag),
    ("dead_man", "url", Kind::Text),
    ("dead_man", "fail_url", Kind::Text),
    ("dead_man", "method", Kind::Text),
    ("dead_man", "interval", Kind::Text),
    ("retention", "paging", Kind::Text),
    ("retention", "changes", Kind::Text),
    ("mail", "host", Kind::Text),
    ("mail", "port", Kind::Number),
    ("mail", "security", Kind::Text),
    ("mail", "username", Kind::Text),
    ("mail", "password", Kind::Text),
    ("mail", "from", Kind::Text),
];

/// The options of all sections.
pub(super) struct Options {
    server: ServerOptions,
    database_url: Secret,
    cluster: Option<ClusterOptions>,
    egress: EgressOptions,
    catalog: CatalogOptions,
    mail: Option<MailOptions>,
    telephony: Telephony,
    dead_man: Option<DeadMan>,
    retention: Retention,
}

impl Options {
    /// Returns the shipped providers that objects may name without declaring them.
    pub(super) fn shipped(&self) -> Vec<Arc<Provider>> {
        self.catalog.shipped()
    }

    /// Returns the configuration that these options and objects are.
    pub(super) fn with(self, objects: Objects, source: Option<&Path>) -> Config {
        let Options { server, database_url, cluster, egress, catalog, mail, telephony, dead_man, retention } =
            self;
        Config {
            server,
            database_url,
            cluster,
            egress,
            catalog,
            mail,
            telephony,
            dead_man,
            retention,
            objects,
            source: source.map(Path::to_owned),
            dead_ends: None,
            silences: Vec::new(),
            flaws: Vec::new(),
        }
    }
}

/// Reads every section of the installation.
pub(super) fn options(root: &Section<'_>) -> Option<Options> {
    let server = section(root, "server", server);
    let data_dir = server.as_ref().map_or_else(PathBuf::new, |server| server.data_dir.clone());
    let database_url =
        section(root, "database", |section| {
            Some(section.and_then(|it| it.optional("url", database_url)).unwrap_or_else(|| {
                Secret::new(format!("sqlite://{}", data_dir.join("midwatch.db").display()))
            }))
        });
    let cluster = root.optional("cluster", |field| {
        let cluster = field.section(|section| {
            Some(ClusterOptions { nats: section.required("nats", |it| address(it, &["nats", "tls"]))? })
        })?;
        if database_url.as_ref().is_some_and(|url| url.expose().starts_with("sqlite:")) {
            let hint = "set url of [database] to postgres://…, or remove [cluster]".to_owned();
            field.problem("a cluster needs PostgreSQL", Some(hint));
        }
        Some(cluster)
    });
    let egress = section(root, "egress", egress);
    let catalog = section(root, "catalog", catalog_options);
    let mail = root.optional("mail", |field| field.section(mail));
    let dead_man = root.optional("dead_man", |field| field.section(dead_man));
    let retention = section(root, "retention", retention);
    Some(Options {
        server: server?,
        database_url: database_url?,
        cluster,
        egress: egress?,
        catalog: catalog?,
        mail,
        telephony: telephony(root),
        dead_man,
        retention: retention?,
    })
}

/// Reads a section whose options all have defaults.
fn section<'a, T>(
    root: &Section<'a>,
    key: &'static str,
    read: impl FnOnce(Option<&Section<'a>>) -> Option<T>,
) -> Option<T> {
    match root.field(key) {
        Some(field) => field.section(|section| read(Some(section))),
        None => read(None),
    }
}

fn egress(section: Option<&Section<'_>>) -> Option<EgressOptions> {
    let Some(section) = section else { return Some(EgressOptions::default()) };
    let anchors = match section.field("anchors") {
        Some(_) => section.list("anchors", Field::url),
        None => EgressOptions::default().anchors,
    };
    Some(EgressOptions { allow: section.list("allow", network), anchors })
}

fn server(section: Option<&Section<'_>>) -> Option<ServerOptions> {
    let optional =
        |key, read: fn(&Field<'_>) -> Option<SocketAddr>| section.and_then(|it| it.optional(key, read));
    let listen = optional("listen", socket).unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080)));
    let admin_listen =
        optional("admin_listen", socket).unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 9090)));
    if let Some(field) = section.and_then(|it| it.field("admin_listen"))
        && admin_listen == listen
        && listen.port() != 0
    {
        field.problem("the admin listener must not be the public one", None);
    }
    let public_url = section.and_then(|it| it.optional("public_url", Field::url));
    let data_dir =
        section.and_then(|it| it.optional("data_dir", |field| field.text_like("a folder", "\"data\"")));
    Some(ServerOptions {
        listen,
        public_url: public_url
            .map_or_else(|| format!("http://{listen}"), |url| url.trim_end_matches('/').to_owned()),
        data_dir: data_dir.map_or_else(|| PathBuf::from("data"), PathBuf::from),
        admin_listen,
    })
}

fn socket(field: &Field<'_>) -> Option<SocketAddr> {
    let example = "\"127.0.0.1:8080\"";
    let what = "an address and port to listen on,";
    let text = field.text_like(what, example)?;
    text.parse().ok().or_else(|| field.expected(what, example))
}

fn database_url(field: &Field<'_>) -> Option<Secret> {
    let example = "\"sqlite://data/midwatch.db\" or \"postgres://user@host/db\"";
    let text = field.text_like("a database", example)?;
    let fits = match text.split_once("://") {
        Some(("sqlite", path)) => !path.is_empty(),
        Some(("postgres" | "postgresql", _)) => Url::parse(&text).is_ok_and(|url| url.has_host()),
        Some(_) | None => false,
    };
    if fits { Some(Secret::new(text)) } else { field.expected("a database", example) }
}

/// Reads an address of one of some schemes.
fn address(field: &Field<'_>, schemes: &[&str]) -> Option<Secret> {
    let example = format!("\"{}://127.0.0.1:4222\"", schemes.first().copied().unwrap_or_default());
    let text = field.text_like("an address", &example)?;
    let fits = Url::parse(&text).is_ok_and(|url| schemes.contains(&url.scheme()) && url.has_host());
    if fits { Some(Secret::new(text)) } else { field.expected("an address", &example) }
}

fn network(field: &Field<'_>) -> Option<IpNet> {
    let example = "\"127.0.0.0/8\"";
    let text = field.text_like("a network", example)?;
    let network = text.parse().or_else(|_| text.parse().map(|address: IpAddr| address.into()));
    network.ok().or_else(|| field.expected("a network", example))
}

fn catalog_options(section: Option<&Section<'_>>) -> Option<CatalogOptions> {
    let scopes = [("used", Reach::Used), ("all", Reach::All)];
    let builtin = section.and_then(|it| it.optional("builtin", Field::flag));
    let poll = section.and_then(|it| it.optional("poll", |field| field.choice(&scopes)));
    let interval = section.and_then(|it| it.optional("interval", |field| field.duration_from(MIN_INTERVAL)));
    let follow_moves = section.and_then(|it| it.optional("follow_moves", Field::flag));
    let default = CatalogOptions::default();
    Some(CatalogOptions {
        builtin: builtin.unwrap_or(default.builtin),
        poll: poll.unwrap_or(default.poll),
        interval: interval.unwrap_or(default.interval),
        follow_moves: follow_moves.unwrap_or(default.follow_moves),
    })
}

fn retention(section: Option<&Section<'_>>) -> Option<Retention> {
    let default = Retention::default();
    let Some(section) = section else { return Some(default) };
    let kept = |key| section.optional(key, |field| field.duration_from(MIN_RETENTION));
    Some(Retention {
        paging: kept("paging").unwrap_or(default.paging),
        changes: kept("changes").unwrap_or(default.changes),
    })
}

fn dead_man(section: &Section<'_>) -> Option<DeadMan> {
    let methods = [("GET", PingMethod::Get), ("POST", PingMethod::Post)];
    let url = section.required("url", Field::url);
    let fail_url = section.optional("fail_url", Field::url);
    let method = section.optional("method", |field| field.choice(&methods));
    let interval = section.optional("interval", |field| field.duration_from(MIN_PING_INTERVAL));
    if let (Some(field), true) = (section.field("fail_url"), fail_url.is_some() && fail_url == url) {
        let hint = "healthchecks.io takes failures at the same address with /fail at its end".to_owned();
        field.problem("a failure told where pings go would be taken for a ping", Some(hint));
        return None;
    }
    let url = url?;
    Some(DeadMan {
        fail_url: fail_url.or_else(|| usual_fail_url(&url)).map(Secret::new),
        url: Secret::new(url),
        method: method.unwrap_or(PingMethod::Get),
        interval: interval.unwrap_or(PING_INTERVAL),
    })
}

/// Returns where healthchecks.io takes failures: <https://healthchecks.io/docs/signaling_failures/>. Of others it isn't known.
fn usual_fail_url(url: &str) -> Option<String> {
    let is_theirs =
        Url::parse(url).is_ok_and(|url| url.host_str() == Some("hc-ping.com") && url.query().is_none());
    is_theirs.then(|| format!("{}/fail", url.trim_end_matches('/')))
}

fn mail(section: &Section<'_>) -> Option<MailOptions> {
    let kinds =
        [("starttls", MailSecurity::StartTls), ("tls", MailSecurity::Tls), ("none", MailSecurity::None)];
    let host = section.required("host", Field::host);
    let security =
        section.optional("security", |field| field.choice(&kinds)).unwrap_or(MailSecurity::StartTls);
    let port = section.optional("port", |field| u16::try_from(field.integer(1, 65_535)?).ok());
    let username = section.optional("username", Field::text);
    let password = section.optional("password", Field::text);
    let from = section.required("from", Field::email);
    let credentials = match (section.field("username"), section.field("password")) {
        (None, None) => None,
        (Some(_), Some(_)) => Some((username?, Secret::new(password?))),
        (Some(field), None) => {
            field.problem("a username needs a password", Some("add password = \"${NAME}\"".to_owned()));
            None
        }
        (None, Some(field)) => {
            field.problem("a password needs a username", None);
            None
        }
    };
    let usual = match security {
        MailSecurity::StartTls => 587,
        MailSecurity::Tls => 465,
        MailSecurity::None => 25,
    };
    Some(MailOptions { host: host?, port: port.unwrap_or(usual), security, credentials, from: from? })
}
