//! Who hosts a provider's status page, and so how it is read.

use std::fmt;

macro_rules! platforms {
    ($($(#[$doc:meta])* $variant:ident = $word:literal, $title:literal;)*) => {
        /// Who hosts a provider's status page, and so how it is read.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Platform { $($(#[$doc])* $variant,)* }

        impl Platform {
            /// Every platform, the hosts of many first.
            pub const ALL: &'static [Platform] = &[$(Platform::$variant,)*];

            /// Returns the word of the contract.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Platform::$variant => $word,)* }
            }

            /// Returns the name people know it by.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Platform::$variant => $title,)* }
            }

            /// Reads the word of the contract; anything else is `None`.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Platform::$variant),)* _ => None }
            }
        }
    };
}

platforms! {
    /// Atlassian Statuspage, and those who imitate its documents.
    Statuspage = "statuspage", "Atlassian Statuspage";
    /// incident.io.
    IncidentIo = "incidentio", "incident.io";
    /// Instatus.
    Instatus = "instatus", "Instatus";
    /// Better Stack, formerly Better Uptime.
    BetterStack = "betterstack", "Better Stack";
    /// Status.io.
    StatusIo = "statusio", "Status.io";
    /// Statuspal.
    Statuspal = "statuspal", "Statuspal";
    /// Hund.
    Hund = "hund", "Hund";
    /// Sorry.
    Sorry = "sorry", "Sorry";
    /// StatusCast.
    StatusCast = "statuscast", "StatusCast";
    /// Cachet 2 and 3.
    Cachet = "cachet", "Cachet";
    /// Uptime Kuma.
    UptimeKuma = "uptimekuma", "Uptime Kuma";
    /// Gatus.
    Gatus = "gatus", "Gatus";
    /// Upptime.
    Upptime = "upptime", "Upptime";
    /// cState.
    CState = "cstate", "cState";
    /// Freshstatus.
    Freshstatus = "freshstatus", "Freshstatus";
    /// UptimeRobot.
    UptimeRobot = "uptimerobot", "UptimeRobot";
    /// PagerDuty status pages.
    PagerDuty = "pagerduty", "PagerDuty";
    /// Site24x7 StatusIQ.
    StatusIq = "statusiq", "Site24x7 StatusIQ";
    /// Google Cloud, Workspace and their siblings.
    Google = "google", "Google";
    /// AWS Health.
    Aws = "aws", "AWS Health";
    /// Microsoft Azure and Azure DevOps.
    Azure = "azure", "Microsoft Azure";
    /// Microsoft 365.
    Microsoft365 = "microsoft365", "Microsoft 365";
    /// Slack.
    Slack = "slack", "Slack";
    /// Heroku.
    Heroku = "heroku", "Heroku";
    /// Salesforce Trust.
    Salesforce = "salesforce", "Salesforce Trust";
    /// Apple.
    Apple = "apple", "Apple";
    /// Zendesk.
    Zendesk = "zendesk", "Zendesk";
    /// Adobe.
    Adobe = "adobe", "Adobe";
    /// Algolia.
    Algolia = "algolia", "Algolia";
    /// Flashduty.
    Flashduty = "flashduty", "Flashduty";
    /// Any RSS, Atom or JSON feed.
    Feed = "feed", "RSS or Atom";
    /// An HTML page, by declared selectors.
    Html = "html", "HTML page";
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
