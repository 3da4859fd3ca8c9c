//! Identities: one type for each aggregate, so that a service can't be passed where a user is meant.
//!
//! Objects that a configuration file manages get the id that their organisation, kind and slug give
//! ([`named`](OrgId::named)), so that the same file makes the same ids on every node and in every replay.

use std::fmt;

use uuid::Uuid;

/// The name space of all ids that are made from names. Changing it would change every id.
const NAMES: Uuid = Uuid::from_u128(0x6d69_6477_6174_6368_8000_6f72_672e_6964);

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $kind:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub Uuid);

        impl $name {
            /// Returns the id that a name within its owner (an organisation, or a nil owner for global things) gives.
            #[must_use]
            pub fn named(owner: Uuid, name: &str) -> Self {
                Self(Uuid::new_v5(&Uuid::new_v5(&NAMES, owner.as_bytes()), format!("{}/{name}", $kind).as_bytes()))
            }

            /// Reads the hyphenated form.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                Uuid::try_parse(text).ok().map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}:{}", $kind, self.0)
            }
        }
    )*};
}

ids! {
    /// An organisation: the tenant.
    OrgId = "organization";
    /// A person who belongs to an organisation.
    UserId = "user";
    /// Something the team runs.
    ServiceId = "service";
    /// A schedule of on-call time.
    ScheduleId = "schedule";
    /// An escalation policy.
    PolicyId = "escalation_policy";
    /// People who are told together.
    TeamId = "team";
    /// A shared destination such as a chat room.
    ChannelId = "channel";
    /// A public status page of ours.
    StatusPageId = "status_page";
    /// A third party that we watch; global, not an organisation's.
    ProviderId = "provider";
    /// One of our incidents.
    IncidentId = "incident";
    /// One message owed to one destination.
    NotificationId = "notification";
    /// One try at delivering a notification.
    AttemptId = "attempt";
    /// A credential for the API.
    TokenId = "token";
    /// A calendar that can be read by a secret address.
    CalendarId = "calendar";
    /// Something that people added to the configuration while it ran.
    AmendmentId = "amendment";
    /// Work on our own services that is announced ahead.
    MaintenanceId = "maintenance";
    /// Somebody outside who asked to be told about a provider or a status page of ours, from their asking on.
    SubscriberId = "subscriber";
}
