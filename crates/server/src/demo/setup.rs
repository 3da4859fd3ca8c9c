//! The team of the demo: written as the configuration file that such a team would write, and read like one.

use std::{fs, net::SocketAddr, path::Path, time::Duration};

use anyhow::{Context, Result};
use engine::seams::Clock;
use jiff::tz::TimeZone;

use super::world::Provider;
use crate::{
    config::{self, Config},
    seams::SystemClock,
};

/// What the team's configuration is about.
pub(super) struct Sketch<'a> {
    /// Where everything is kept.
    pub(super) folder: &'a Path,
    /// The address of our pages.
    pub(super) url: &'a str,
    /// The address of the simulated providers.
    pub(super) providers_at: SocketAddr,
    pub(super) providers: Vec<Provider>,
    /// The address of the phones.
    pub(super) phones_at: SocketAddr,
    /// What messages to the phones are signed with.
    pub(super) secret: &'a str,
    /// From Ana's page to Bo's.
    pub(super) patience: Duration,
}

/// Writes the configuration to the folder and loads it from there.
pub(super) fn load(sketch: &Sketch<'_>) -> Result<Config> {
    let file = sketch.folder.join("midwatch.toml");
    fs::write(&file, written(sketch)).context("the configuration can't be written")?;
    Ok(config::load(Some(&file), std::iter::empty())?)
}

fn written(sketch: &Sketch<'_>) -> String {
    let mut text = format!(
        "[server]\npublic_url = {}\ndata_dir = {}\n\n[egress]\nallow = [\"127.0.0.0/8\"]\nanchors = []\n\n\
         [catalog]\nbuiltin = false\npoll = \"all\"\n",
        quoted(sketch.url),
        quoted(&sketch.folder.display().to_string()),
    );
    for provider in &sketch.providers {
        let page = format!("http://{}/{}", sketch.providers_at, provider.slug);
        text += &format!(
            "\n[[provider]]\nslug = {}\nname = {}\ncategory = {}\nplatform = \"statuspage\"\nfeed = {}\n\
             status_page = {}\ninterval = \"10s\"\n",
            quoted(&provider.slug),
            quoted(&provider.name),
            quoted(&provider.category),
            quoted(&format!("{page}/api/v2/summary.json")),
            quoted(&page),
        );
    }
    text += "\n[organization]\nslug = \"acme\"\nname = \"Acme\"\n";
    for (name, role) in [("Ana", "owner"), ("Bo", "responder")] {
        let slug = name.to_lowercase();
        text += &format!(
            "\n[[user]]\nemail = \"{slug}@acme.example\"\nname = \"{name}\"\nrole = \"{role}\"\n\
             time_zone = \"Europe/Rome\"\n\
             contact = [ {{ id = \"phone\", kind = \"webhook\", url = \"http://{}/{slug}\", secret = {} }} ]\n",
            sketch.phones_at,
            quoted(sketch.secret),
        );
    }
    text += &on_call(sketch.patience);
    text + SERVICES
}

/// Ana's week began at midnight, so that she is on call now.
fn on_call(patience: Duration) -> String {
    let today = SystemClock.now().to_zoned(TimeZone::UTC).date();
    format!(
        "\n[[schedule]]\nslug = \"primary\"\nname = \"Primary\"\ntime_zone = \"UTC\"\n[[schedule.layer]]\n\
         rotation = \"weekly\"\nhandoff = \"00:00\"\nstart = \"{today}\"\n\
         participants = [\"ana@acme.example\", \"bo@acme.example\"]\n\
         \n[[escalation_policy]]\nslug = \"default\"\nrepeat = 2\nrepeat_after = \"1m\"\n\
         step = [ {{ after = \"0s\", notify = [\"schedule:primary\"] }}, \
         {{ after = \"{}s\", notify = [\"user:bo@acme.example\"] }} ]\n",
        patience.as_secs(),
    )
}

const SERVICES: &str = r#"
[[service]]
slug = "checkout"
name = "Checkout"
escalation_policy = "default"
[[service.depends_on]]
provider = "commerce-layer"
components = ["Checkout", "Commerce API"]
[[service.depends_on]]
provider = "northwind-payments"
components = ["Card Payments"]

[[service]]
slug = "storefront"
name = "Storefront"
escalation_policy = "default"
[[service.depends_on]]
provider = "commerce-layer"
components = ["Commerce API"]
effect = "soften"
[[service.depends_on]]
provider = "tern-cdn"
components = ["Edge Delivery Europe"]

[[service]]
slug = "back-office"
name = "Back office"
[[service.depends_on]]
provider = "commerce-layer"
components = ["Dashboard"]

[[status_page]]
slug = "acme"
title = "Acme Status"
languages = ["it", "de", "ar"]
group = [ { name = "Shop", services = ["storefront", "checkout"] }, { name = "Team", services = ["back-office"] } ]
"#;

/// A TOML string. JSON's strings are TOML's basic strings.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
