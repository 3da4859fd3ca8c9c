//! The configuration of this process: the file, what the environment sets over it, and what is wrong with either.
//!
//! This module owns the options of the installation (`[server]`, `[database]`, `[mail]` and the like) and how problems
//! are shown; the objects of the organisation are `formats::setup`'s vocabulary. A configuration is whole or refused:
//! nothing starts on half of one.

mod environment;
pub(crate) mod options;
mod report;
mod summary;
mod telephony;

#[cfg(test)]
mod tests;

use std::{
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
};

use domain::setup::Secret;
use engine::{
    catalog::Catalog,
    means::Means,
    workers::{DeadMan, Retention},
};
use formats::{
    channels::telephony::Telephony,
    setup::{self, Document, Objects, Problem, Secrets},
};
use jiff::Timestamp;
use outbound::Guard;

use self::environment::Overrides;
pub(crate) use self::{
    options::{CatalogOptions, ClusterOptions, EgressOptions, MailOptions, MailSecurity, ServerOptions},
    report::ConfigError,
};

/// The file that is read where none is named.
const DEFAULT_FILE: &str = "midwatch.toml";

/// A larger file is a mistake, such as a database in its place.
const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// What a process runs by.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    /// Where it listens and keeps its files.
    pub(crate) server: ServerOptions,
    /// The ledger: `sqlite://PATH` or `postgres://…`. May hold a password.
    pub(crate) database_url: Secret,
    /// What binds several processes together; only with PostgreSQL.
    pub(crate) cluster: Option<ClusterOptions>,
    /// What may be reached.
    pub(crate) egress: EgressOptions,
    /// Which providers are read, and how often.
    pub(crate) catalog: CatalogOptions,
    /// How e-mail is sent; without it, none is.
    pub(crate) mail: Option<MailOptions>,
    /// The phone lines, which texts and calls take.
    pub(crate) telephony: Telephony,
    /// Who waits outside for a sign of life; without it, nobody notices when this process and its machine are gone.
    pub(crate) dead_man: Option<DeadMan>,
    /// How long the ledger keeps what it does not keep for good.
    pub(crate) retention: Retention,
    /// The organisation and its providers.
    pub(crate) objects: Objects,
    /// The file all this came from; `None` runs on defaults and the environment.
    pub(crate) source: Option<PathBuf>,
    /// Whom it means to page and this server can't reach. It is not to be saved so; what is stored already pages by what
    /// remains.
    pub(crate) dead_ends: Option<ConfigError>,
    /// What of the themes of status pages can't be used, and what their languages lack.
    pub(crate) flaws: Vec<ConfigError>,
    /// The ends of the silences in the file, each with what is said from then on.
    pub(crate) silences: Vec<(Timestamp, ConfigError)>,
}

impl Config {
    /// Returns what this server has to hand messages over with.
    pub(crate) fn means(&self) -> Means {
        Means {
            has_mail: self.mail.is_some(),
            telephony: self.telephony.clone(),
            public_url: self.server.public_url.clone(),
            guard: Guard::new(self.egress.allow.clone()),
        }
    }

    /// Refuses to save what would leave a page without anybody to reach.
    ///
    /// # Errors
    /// Everybody and everything that can't be reached, with its place and what would be right.
    pub(crate) fn admit(&self) -> Result<(), ConfigError> {
        self.dead_ends.clone().map_or(Ok(()), Err)
    }

    /// Returns a warning, with its place, for each silence in the file that has ended and each part of a theme that can't be
    /// used.
    pub(crate) fn remarks(&self, now: Timestamp) -> impl Iterator<Item = String> {
        let ended = self.silences.iter().filter(move |(end, _)| *end <= now).map(|(_, warning)| warning);
        ended.chain(&self.flaws).map(ToString::to_string)
    }

    /// Returns every provider that can be watched: the shipped ones, with those of the file in their places.
    pub(crate) fn providers(&self) -> Catalog {
        Catalog::with_shipped(
            &self.catalog.shipped(),
            self.objects.providers.iter().cloned(),
            self.catalog.poll,
        )
        .following_moves(self.catalog.follow_moves)
    }
}

/// Loads the configuration from `path`, else from `midwatch.toml` in the working directory if there is one, else from
/// built-in defaults; variables such as `MIDWATCH_SERVER__LISTEN` stand above the file.
///
/// # Errors
/// The file can't be read, or every problem of the file and the environment.
pub(crate) fn load(
    path: Option<&Path>,
    env: impl Iterator<Item = (String, String)>,
) -> Result<Config, ConfigError> {
    let default = Path::new(DEFAULT_FILE);
    let source = path.or_else(|| default.exists().then_some(default));
    let text = source.map_or(Ok(String::new()), |path| {
        read_bounded(path).map_err(|error| ConfigError::unreadable(path, &error))
    })?;
    parse(&text, source, env.collect())
}

/// Reads a configuration whose file holds `text`.
fn parse(text: &str, source: Option<&Path>, env: HashMap<String, String>) -> Result<Config, ConfigError> {
    let (overrides, mut problems) = Overrides::of(&env);
    let folder = source.and_then(Path::parent).unwrap_or(Path::new("")).to_owned();
    let surroundings = Surroundings { env, folder };
    let config = Document::from_toml(text).and_then(|mut document| {
        overrides.apply(&mut document);
        setup::read(&document, Some(&surroundings), |root| {
            let options = options::options(root);
            let shipped = options.as_ref().map(options::Options::shipped).unwrap_or_default();
            let objects = setup::objects(root, Some(&shipped));
            let mut config = options?.with(objects?, source);
            config.objects.setup = config.means().mark(config.objects.setup);
            let dead_ends = setup::dead_ends(root, &config.objects.setup);
            let silences = setup::ends_of_silences(root, &config.objects.setup);
            let mut flaws = setup::flaws_of_themes(root, &config.objects.setup);
            flaws.extend(setup::untranslated(root, &config.objects.setup));
            Some((config, dead_ends, silences, flaws))
        })
    });
    match config {
        Ok((config, dead_ends, silences, flaws)) if problems.is_empty() => {
            let placed = |problems: &[Problem]| ConfigError::refused(source, text, problems, &overrides);
            let silences = silences.into_iter().map(|(end, problem)| (end, placed(&[problem]))).collect();
            let dead_ends = (!dead_ends.is_empty()).then(|| placed(&dead_ends));
            let flaws = flaws.into_iter().map(|problem| placed(&[problem])).collect();
            Ok(Config { dead_ends, silences, flaws, ..config })
        }
        result => {
            problems.extend(result.err().unwrap_or_default());
            Err(ConfigError::refused(source, text, &problems, &overrides))
        }
    }
}

/// Where `${NAME}` and `file:PATH` lead: our environment, and files beside the configuration file.
struct Surroundings {
    env: HashMap<String, String>,
    folder: PathBuf,
}

impl Secrets for Surroundings {
    fn env(&self, name: &str) -> Option<String> {
        self.env.get(name).cloned()
    }

    fn file(&self, path: &Path) -> io::Result<String> {
        read_bounded(&self.folder.join(path))
    }

    fn bytes(&self, path: &Path) -> io::Result<Vec<u8>> {
        let path = self.folder.join(path);
        is_bounded(&path)?;
        fs::read(path)
    }
}

fn read_bounded(path: &Path) -> io::Result<String> {
    is_bounded(path)?;
    fs::read_to_string(path)
}

fn is_bounded(path: &Path) -> io::Result<()> {
    if fs::metadata(path)?.len() > MAX_BYTES {
        return Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            format!("it is larger than {MAX_BYTES} bytes"),
        ));
    }
    Ok(())
}
