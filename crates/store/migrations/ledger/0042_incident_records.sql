-- What people state of an incident, which judging leaves alone, and what they add to its record.
ALTER TABLE incident ADD COLUMN began_at BIGINT;
ALTER TABLE incident ADD COLUMN opened_by_kind TEXT;
ALTER TABLE incident ADD COLUMN opened_by UUID;
ALTER TABLE incident ADD COLUMN merged_into UUID;
ALTER TABLE incident ADD COLUMN has_own_title BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE incident ADD COLUMN has_own_phase BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE incident ADD COLUMN has_own_severity BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX incident_merged ON incident (org_id, merged_into) WHERE merged_into IS NOT NULL;

ALTER TABLE incident_service ADD COLUMN stated TEXT;

-- The text before the last change; every earlier one stands in the timeline. What was removed keeps its place.
ALTER TABLE incident_update ADD COLUMN former TEXT;
ALTER TABLE incident_update ADD COLUMN edited_at BIGINT;
ALTER TABLE incident_update ADD COLUMN removed_at BIGINT;

-- What an incident did to services, in waves. What people wrote amends the public history of the service.
CREATE TABLE incident_impact (
    org_id UUID NOT NULL,
    incident_id UUID NOT NULL,
    number BIGINT NOT NULL,
    service_id UUID NOT NULL,
    from_at BIGINT NOT NULL,
    to_at BIGINT,
    status TEXT NOT NULL,
    is_by_hand BOOLEAN NOT NULL,
    removed_at BIGINT,
    PRIMARY KEY (org_id, incident_id, number),
    FOREIGN KEY (org_id, incident_id) REFERENCES incident (org_id, id),
    CHECK (to_at > from_at)
);
CREATE INDEX incident_impact_by_hand ON incident_impact (org_id, service_id) WHERE is_by_hand;

CREATE TABLE incident_role (
    org_id UUID NOT NULL,
    incident_id UUID NOT NULL,
    role TEXT NOT NULL,
    user_id UUID NOT NULL,
    PRIMARY KEY (org_id, incident_id, role),
    FOREIGN KEY (org_id, incident_id) REFERENCES incident (org_id, id)
);

-- A provider's incident has its id at the provider as target, anything else an address.
CREATE TABLE incident_link (
    org_id UUID NOT NULL,
    incident_id UUID NOT NULL,
    number BIGINT NOT NULL,
    kind TEXT NOT NULL,
    provider_id UUID,
    target TEXT NOT NULL,
    label TEXT NOT NULL,
    removed_at BIGINT,
    PRIMARY KEY (org_id, incident_id, number),
    FOREIGN KEY (org_id, incident_id) REFERENCES incident (org_id, id),
    CHECK (kind IN ('provider', 'alert', 'url')),
    CHECK ((kind = 'provider') = (provider_id IS NOT NULL))
);
