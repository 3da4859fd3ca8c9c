//! The enumerations of the public contract (section 1), each with the one word it has in JSON, SQL and interface.

use std::fmt;

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant,)* }

        impl $name {
            /// Every value, in ascending order.
            pub const ALL: &'static [$name] = &[$($name::$variant,)*];

            /// Returns the word of the contract.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $($name::$variant => $word,)* }
            }

            /// Reads the word of the contract; anything else is `None`.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some($name::$variant),)* _ => None }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.word())
            }
        }
    )*};
}

words! {
    /// The state of a component or a service. Ordered from best to worst; `Unknown` comes first because it is no claim at
    /// all: it is never the worst of anything, never green and never red.
    Status {
        /// No evidence.
        Unknown = "unknown",
        /// Works.
        Operational = "operational",
        /// Announced work is going on.
        UnderMaintenance = "under_maintenance",
        /// Works, but slowly or not well.
        DegradedPerformance = "degraded_performance",
        /// Fails for some.
        PartialOutage = "partial_outage",
        /// Fails.
        MajorOutage = "major_outage",
    }

    /// How bad an incident is for readers, in the reporter's own judgement.
    Impact {
        /// The source has no notion of impact, or used a word we do not know.
        Unknown = "unknown",
        /// Nobody is affected.
        None = "none",
        /// Announced work.
        Maintenance = "maintenance",
        /// A little.
        Minor = "minor",
        /// Much.
        Major = "major",
        /// As bad as it gets.
        Critical = "critical",
    }

    /// Where an incident is in its public life.
    Phase {
        /// Something is wrong; the cause is being looked for.
        Investigating = "investigating",
        /// The cause is known.
        Identified = "identified",
        /// A remedy is in place and being watched.
        Monitoring = "monitoring",
        /// Over.
        Resolved = "resolved",
        /// Over, and explained.
        Postmortem = "postmortem",
        /// The source used a word we do not know; the incident counts as open.
        Unknown = "unknown",
    }

    /// Where announced work is in its life.
    MaintenanceStatus {
        /// Planned.
        Scheduled = "scheduled",
        /// Going on.
        InProgress = "in_progress",
        /// Done, being checked.
        Verifying = "verifying",
        /// Over.
        Completed = "completed",
        /// Will not happen.
        Cancelled = "cancelled",
        /// The source used a word we do not know.
        Unknown = "unknown",
    }

    /// How well we can read a provider.
    SourceHealth {
        /// The last reading is recent.
        Fresh = "fresh",
        /// No reading for several intervals, but not yet given up.
        Stale = "stale",
        /// Several polls in a row failed; what we show is old.
        Unreadable = "unreadable",
        /// There has been no reading yet.
        NeverRead = "never_read",
    }

    /// How urgent something is for us.
    Severity {
        /// Worth knowing.
        Info = "info",
        /// Worth a look.
        Warning = "warning",
        /// Needs someone.
        Error = "error",
        /// Needs someone now.
        Critical = "critical",
    }

    /// The state of a notification.
    NotificationState {
        /// Owed.
        Pending = "pending",
        /// An attempt is under way, or was when its node died.
        Sending = "sending",
        /// Accepted by the destination.
        Sent = "sent",
        /// Confirmed to have reached the person.
        Delivered = "delivered",
        /// Given up, and said so.
        Failed = "failed",
        /// No longer needed before it was sent.
        Superseded = "superseded",
    }

    /// What a notification says.
    NoticeKind {
        /// Wakes a responder.
        Page = "page",
        /// Tells those who were paged that someone has taken the incident.
        Acknowledged = "acknowledged",
        /// Tells those who were paged that it belongs to somebody else now.
        Reassigned = "reassigned",
        /// Tells those who were paged that it is over.
        Resolved = "resolved",
        /// Tells the owners that nobody answered, or that a page could not be delivered.
        Unanswered = "unanswered",
        /// Tells the owners something about Midwatch itself.
        Notice = "notice",
    }

    /// The kinds of destination that messages go to.
    ChannelKind {
        /// An HTTP endpoint of the team's own.
        Webhook = "webhook",
        /// A mailbox.
        Email = "email",
        /// A text to a phone.
        Sms = "sms",
        /// A call to a phone.
        Voice = "voice",
        /// A browser that asked for notifications.
        WebPush = "web_push",
        /// A Slack channel.
        Slack = "slack",
        /// A Microsoft Teams channel, by a workflow's webhook.
        Teams = "teams",
        /// A Discord channel.
        Discord = "discord",
        /// A Telegram chat.
        Telegram = "telegram",
        /// A Mattermost channel.
        Mattermost = "mattermost",
        /// A Google Chat space.
        GoogleChat = "google_chat",
        /// A Matrix room.
        Matrix = "matrix",
        /// An ntfy topic.
        Ntfy = "ntfy",
        /// A Gotify application.
        Gotify = "gotify",
        /// A Pushover user or group.
        Pushover = "pushover",
        /// A PagerDuty service, by Events API v2.
        Pagerduty = "pagerduty",
        /// An Opsgenie integration, by the Alert API.
        Opsgenie = "opsgenie",
        /// An Alertmanager, by its API v2.
        Alertmanager = "alertmanager",
    }

    /// What a button below a page in a chat asks for.
    ButtonAct {
        /// Take it.
        Acknowledge = "acknowledge",
        /// Keep it silent for half an hour.
        Snooze = "snooze30",
        /// Call the next in line at once.
        Escalate = "escalate",
        /// End it.
        Resolve = "resolve",
    }

    /// What a member may do.
    Role {
        /// Read.
        Viewer = "viewer",
        /// Read, acknowledge, write updates, resolve.
        Responder = "responder",
        /// All of it, and change the configuration.
        Admin = "admin",
        /// All of it, and the organisation itself.
        Owner = "owner",
    }
}

impl Status {
    /// Whether something is known to be wrong: degraded or worse. Maintenance and unknown are not trouble.
    #[must_use]
    pub const fn is_trouble(self) -> bool {
        match self {
            Status::DegradedPerformance | Status::PartialOutage | Status::MajorOutage => true,
            Status::Unknown | Status::Operational | Status::UnderMaintenance => false,
        }
    }

    /// Returns the status one level better, which is what `effect = "soften"` makes of a provider's trouble.
    #[must_use]
    pub const fn softened(self) -> Status {
        match self {
            Status::MajorOutage => Status::PartialOutage,
            Status::PartialOutage => Status::DegradedPerformance,
            Status::DegradedPerformance => Status::Operational,
            Status::Unknown | Status::Operational | Status::UnderMaintenance => self,
        }
    }

    /// Returns how urgent this status of one of our services is for us.
    #[must_use]
    pub const fn severity(self) -> Severity {
        match self {
            Status::MajorOutage => Severity::Critical,
            Status::PartialOutage => Severity::Error,
            Status::DegradedPerformance => Severity::Warning,
            Status::Unknown | Status::Operational | Status::UnderMaintenance => Severity::Info,
        }
    }
}

impl Impact {
    /// Returns what an open incident of this impact says about a page that has no component statuses.
    #[must_use]
    pub const fn as_status(self) -> Status {
        match self {
            Impact::Unknown => Status::Unknown,
            Impact::None => Status::Operational,
            Impact::Maintenance => Status::UnderMaintenance,
            Impact::Minor => Status::DegradedPerformance,
            Impact::Major => Status::PartialOutage,
            Impact::Critical => Status::MajorOutage,
        }
    }
}

impl Phase {
    /// Whether the incident is over. A word we do not know is not an end.
    #[must_use]
    pub const fn is_over(self) -> bool {
        match self {
            Phase::Resolved | Phase::Postmortem => true,
            Phase::Investigating | Phase::Identified | Phase::Monitoring | Phase::Unknown => false,
        }
    }
}

impl MaintenanceStatus {
    /// Whether the work is over or called off.
    #[must_use]
    pub const fn is_over(self) -> bool {
        match self {
            MaintenanceStatus::Completed | MaintenanceStatus::Cancelled => true,
            MaintenanceStatus::Scheduled
            | MaintenanceStatus::InProgress
            | MaintenanceStatus::Verifying
            | MaintenanceStatus::Unknown => false,
        }
    }

    /// Whether the work is going on now.
    #[must_use]
    pub const fn is_active(self) -> bool {
        match self {
            MaintenanceStatus::InProgress | MaintenanceStatus::Verifying => true,
            MaintenanceStatus::Scheduled
            | MaintenanceStatus::Completed
            | MaintenanceStatus::Cancelled
            | MaintenanceStatus::Unknown => false,
        }
    }
}
