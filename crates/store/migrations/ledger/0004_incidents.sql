-- Our incidents: why, what they touch, what was said and everything that was done.

CREATE TABLE incident (
    org_id UUID NOT NULL REFERENCES organization (id),
    id UUID NOT NULL UNIQUE,
    number BIGINT NOT NULL,
    title TEXT NOT NULL,
    severity TEXT NOT NULL,
    response TEXT NOT NULL,
    response_by_kind TEXT,
    response_by UUID,
    response_at BIGINT,
    phase TEXT NOT NULL,
    opened_at BIGINT NOT NULL,
    first_page_at BIGINT,
    generation BIGINT NOT NULL,
    publish TEXT NOT NULL,
    resolved_at BIGINT,
    PRIMARY KEY (org_id, id),
    UNIQUE (org_id, number),
    CHECK (response IN ('open', 'acknowledged', 'resolved')),
    CHECK ((response = 'open') = (response_at IS NULL)),
    CHECK ((response_at IS NULL) = (response_by_kind IS NULL)),
    CHECK ((response = 'resolved') = (resolved_at IS NOT NULL))
);
CREATE INDEX incident_open ON incident (org_id, opened_at) WHERE resolved_at IS NULL;
CREATE INDEX incident_resolved ON incident (org_id, resolved_at);
CREATE INDEX incident_recent ON incident (org_id, opened_at, id);

CREATE TABLE incident_cause (
    org_id UUID NOT NULL,
    incident_id UUID NOT NULL,
    provider_id UUID NOT NULL,
    kind TEXT NOT NULL,
    cause_key TEXT NOT NULL,
    PRIMARY KEY (org_id, incident_id, provider_id, kind, cause_key),
    FOREIGN KEY (org_id, incident_id) REFERENCES incident (org_id, id)
);

CREATE TABLE incident_service (
    org_id UUID NOT NULL,
    incident_id UUID NOT NULL,
    service_id UUID NOT NULL,
    status TEXT NOT NULL,
    worst TEXT NOT NULL,
    pages BOOLEAN NOT NULL,
    PRIMARY KEY (org_id, incident_id, service_id),
    FOREIGN KEY (org_id, incident_id) REFERENCES incident (org_id, id)
);

CREATE TABLE incident_update (
    org_id UUID NOT NULL,
    incident_id UUID NOT NULL,
    number BIGINT NOT NULL,
    phase TEXT NOT NULL,
    body TEXT NOT NULL,
    at BIGINT NOT NULL,
    is_public BOOLEAN NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id UUID,
    PRIMARY KEY (org_id, incident_id, number),
    FOREIGN KEY (org_id, incident_id) REFERENCES incident (org_id, id)
);

CREATE TABLE incident_event (
    org_id UUID NOT NULL,
    incident_id UUID NOT NULL,
    number BIGINT NOT NULL,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id UUID,
    detail TEXT NOT NULL,
    PRIMARY KEY (org_id, incident_id, number),
    FOREIGN KEY (org_id, incident_id) REFERENCES incident (org_id, id)
);
