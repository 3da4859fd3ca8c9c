//! Every column of the ledger that holds a time, and what becomes of it when somebody sets the clock.
//!
//! A migration that adds a time adds its line here, and to [`shift`](super::shift) where it follows.

use Kind::{Again, Record, Wait, Wall};

/// What a time is, as [`crate::clock`] explains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// One end of a wait: follows in the rows whose wait is still running.
    Wait,
    /// Waits for the wall: looked at again.
    Again,
    /// A fact of the wall: stays.
    Wall,
    /// When something was: stays.
    Record,
}

/// By table and column, in the order of the migrations.
pub(super) const COLUMNS: &[(&str, &str, Kind)] = &[
    ("organization", "created_at", Record),
    ("configuration", "applied_at", Record),
    ("api_token", "created_at", Record),
    ("api_token", "last_used_at", Record),
    ("api_token", "revoked_at", Record),
    // How long ago a source was read says whether it is stale.
    ("provider_source", "last_poll_at", Wait),
    ("provider_source", "last_fresh_at", Wait),
    ("provider_source", "next_poll_at", Wait),
    ("provider_source", "first_read_at", Record),
    ("provider_source", "page_updated_at", Record),
    ("provider_source", "lease_until", Wait),
    ("provider_component", "updated_at", Record),
    ("provider_component", "since_at", Record),
    // A hold runs from it.
    ("provider_component", "trouble_since_at", Wait),
    ("provider_component", "removed_at", Record),
    ("provider_component_span", "from_at", Record),
    ("provider_component_span", "to_at", Record),
    ("provider_incident", "started_at", Record),
    ("provider_incident", "created_at", Record),
    ("provider_incident", "updated_at", Record),
    ("provider_incident", "resolved_at", Record),
    // Of one that is open: a hold runs from it.
    ("provider_incident", "first_seen_at", Wait),
    ("provider_incident", "closed_seen_at", Record),
    ("provider_maintenance", "starts_at", Wall),
    ("provider_maintenance", "ends_at", Wall),
    ("provider_maintenance", "updated_at", Record),
    ("provider_maintenance", "first_seen_at", Record),
    ("provider_event_update", "at", Record),
    ("provider_event_update", "first_seen_at", Record),
    ("provider_change", "at", Record),
    ("provider_change", "seen_at", Record),
    ("service_state", "since_at", Record),
    ("service_state", "public_since_at", Record),
    ("service_state", "judged_at", Record),
    ("service_span", "from_at", Record),
    ("service_span", "to_at", Record),
    ("judgement_due", "due_at", Again),
    // Of one that is not over: how long it is answered, and what was asked for after the answer.
    ("incident", "response_at", Wait),
    ("incident", "opened_at", Record),
    ("incident", "first_page_at", Record),
    ("incident", "resolved_at", Record),
    ("incident_update", "at", Record),
    ("incident_event", "at", Record),
    ("timer", "started_at", Wait),
    // The one that ends a silence is looked at again.
    ("timer", "due_at", Wait),
    ("timer", "lease_until", Wait),
    // Of what quiet hours hold they are looked at again.
    ("notification", "due_at", Wait),
    ("notification", "next_try_at", Wait),
    ("notification", "lease_until", Wait),
    // Of one that was sent a moment ago: in a storm others wait for it.
    ("notification", "settled_at", Wait),
    ("attempt", "started_at", Record),
    ("attempt", "ended_at", Record),
    // An order, and no span.
    ("stale_page", "marked_at", Record),
    ("provider_source", "overall_trouble_since_at", Wait),
    ("provider_source", "history_due_at", Wait),
    ("provider_source", "moved_at", Wait),
    ("announcement", "seen_at", Record),
    ("announcement", "handed_on_at", Record),
    // Quotas count back from now.
    ("subscription_request", "created_at", Wait),
    ("subscription_request", "expires_at", Wait),
    ("subscription_request", "confirmed_at", Record),
    ("subscription_request", "next_try_at", Wait),
    ("subscription_request", "lease_until", Wait),
    ("subscriber", "confirmed_at", Record),
    ("subscriber", "told_at", Record),
    ("subscriber_news", "next_try_at", Wait),
    ("subscriber_news", "lease_until", Wait),
    ("notification", "delivered_at", Record),
    ("calendar", "created_at", Record),
    ("calendar", "last_read_at", Record),
    ("calendar", "revoked_at", Record),
    ("contact_state", "verified_at", Record),
    ("contact_state", "last_confirmed_at", Record),
    ("contact_state", "last_accepted_at", Record),
    ("contact_state", "last_failed_at", Record),
    // The code follows from it.
    ("contact_state", "code_asked_at", Record),
    ("incident", "response_until", Wait),
    ("amendment", "ends_at", Wall),
    ("amendment", "made_at", Record),
    ("amendment", "withdrawn_at", Record),
    ("notification", "confirm_by", Wait),
    ("phone_text", "at", Record),
    ("notification", "held_until", Again),
    ("maintenance", "starts_at", Wall),
    ("maintenance", "ends_at", Wall),
    ("maintenance", "began_at", Record),
    ("maintenance", "ended_at", Record),
    ("maintenance", "reminded_at", Record),
    ("maintenance", "made_at", Record),
    ("maintenance_update", "at", Record),
    // Readers were told the time on the wall.
    ("incident_promise", "due_at", Wall),
    ("incident", "began_at", Record),
    ("incident_update", "edited_at", Record),
    ("incident_update", "removed_at", Record),
    ("incident_impact", "from_at", Record),
    ("incident_impact", "to_at", Record),
    ("incident_impact", "removed_at", Record),
    ("incident_link", "removed_at", Record),
    ("postmortem", "published_at", Record),
    ("postmortem_version", "saved_at", Record),
    ("postmortem_action", "reminded_at", Record),
    ("postmortem_action", "done_at", Record),
    ("public_word", "at", Record),
    ("public_word", "routed_at", Record),
    ("subscriber_consent", "made_at", Record),
    ("subscriber_departure", "left_at", Record),
    ("page_domain", "checked_at", Record),
    ("page_domain", "proven_at", Record),
    ("page_domain", "due_at", Wait),
];
