-- What we know of the third parties that we watch. Belongs to no organisation, but for who watches whom.

CREATE TABLE provider_watch (
    provider_id UUID NOT NULL,
    org_id UUID NOT NULL REFERENCES organization (id),
    PRIMARY KEY (provider_id, org_id)
);
CREATE INDEX provider_watch_by_organization ON provider_watch (org_id);

CREATE TABLE provider_source (
    provider_id UUID PRIMARY KEY,
    slug TEXT NOT NULL,
    health TEXT NOT NULL,
    last_poll_at BIGINT,
    last_fresh_at BIGINT,
    failures BIGINT NOT NULL,
    reason TEXT,
    next_poll_at BIGINT,
    etag TEXT,
    last_modified TEXT,
    body_hash BYTEA,
    platform TEXT,
    first_read_at BIGINT,
    page_id TEXT,
    page_name TEXT,
    page_url TEXT,
    page_updated_at BIGINT,
    overall_status TEXT,
    overall_headline TEXT,
    overall_raw TEXT,
    lease_until BIGINT,
    epoch BIGINT NOT NULL,
    CHECK ((overall_status IS NULL) = (overall_raw IS NULL))
);
CREATE INDEX provider_source_due ON provider_source (next_poll_at);

CREATE TABLE provider_component (
    provider_id UUID NOT NULL REFERENCES provider_source (provider_id),
    component_id TEXT NOT NULL,
    position BIGINT NOT NULL,
    name TEXT NOT NULL,
    group_name TEXT,
    status TEXT NOT NULL,
    raw_status TEXT NOT NULL,
    updated_at BIGINT,
    since_at BIGINT NOT NULL,
    trouble_since_at BIGINT,
    removed_at BIGINT,
    PRIMARY KEY (provider_id, component_id)
);

CREATE TABLE provider_component_span (
    provider_id UUID NOT NULL REFERENCES provider_source (provider_id),
    component_id TEXT NOT NULL,
    from_at BIGINT NOT NULL,
    to_at BIGINT,
    status TEXT NOT NULL,
    PRIMARY KEY (provider_id, component_id, from_at),
    CHECK (to_at > from_at)
);
CREATE UNIQUE INDEX provider_component_span_open ON provider_component_span (provider_id, component_id)
    WHERE to_at IS NULL;

-- `position` puts the remembered ones in order, the highest first; what is only kept here has none.
CREATE TABLE provider_incident (
    provider_id UUID NOT NULL REFERENCES provider_source (provider_id),
    incident_id TEXT NOT NULL,
    position BIGINT,
    name TEXT NOT NULL,
    impact TEXT NOT NULL,
    raw_impact TEXT,
    phase TEXT NOT NULL,
    started_at BIGINT,
    created_at BIGINT,
    updated_at BIGINT,
    resolved_at BIGINT,
    url TEXT,
    first_seen_at BIGINT NOT NULL,
    closed_seen_at BIGINT,
    absent_polls BIGINT NOT NULL,
    PRIMARY KEY (provider_id, incident_id)
);
CREATE INDEX provider_incident_remembered ON provider_incident (provider_id, position) WHERE position IS NOT NULL;

CREATE TABLE provider_maintenance (
    provider_id UUID NOT NULL REFERENCES provider_source (provider_id),
    maintenance_id TEXT NOT NULL,
    position BIGINT,
    name TEXT NOT NULL,
    status TEXT NOT NULL,
    starts_at BIGINT,
    ends_at BIGINT,
    updated_at BIGINT,
    url TEXT,
    first_seen_at BIGINT NOT NULL,
    PRIMARY KEY (provider_id, maintenance_id)
);
CREATE INDEX provider_maintenance_remembered ON provider_maintenance (provider_id, position)
    WHERE position IS NOT NULL;

-- Incidents and maintenances of a provider share one name space: `event_id` is either.
CREATE TABLE provider_event_component (
    provider_id UUID NOT NULL REFERENCES provider_source (provider_id),
    event_id TEXT NOT NULL,
    position BIGINT NOT NULL,
    component_id TEXT NOT NULL,
    PRIMARY KEY (provider_id, event_id, position)
);

-- An edited text is a new revision; the one with a position is what stands now.
CREATE TABLE provider_event_update (
    provider_id UUID NOT NULL REFERENCES provider_source (provider_id),
    event_id TEXT NOT NULL,
    update_id TEXT NOT NULL,
    revision BIGINT NOT NULL,
    position BIGINT,
    status TEXT NOT NULL,
    body TEXT NOT NULL,
    at BIGINT,
    first_seen_at BIGINT NOT NULL,
    PRIMARY KEY (provider_id, event_id, update_id, revision)
);

CREATE TABLE provider_change (
    provider_id UUID NOT NULL REFERENCES provider_source (provider_id),
    seq BIGINT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    name TEXT NOT NULL,
    from_value TEXT,
    to_value TEXT,
    update_id TEXT,
    at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (provider_id, seq)
);
