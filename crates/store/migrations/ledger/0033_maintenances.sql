-- Work on our own services that is announced ahead, and everything that was said of it. `services` names each service with
-- the worst status announced for it, one a line; `pages` the status pages that show it, one a line, none for all.
CREATE TABLE maintenance (
    org_id UUID NOT NULL REFERENCES organization (id),
    id UUID NOT NULL,
    number BIGINT NOT NULL,
    title TEXT NOT NULL,
    note TEXT NOT NULL,
    status TEXT NOT NULL,
    starts_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    began_at BIGINT,
    ended_at BIGINT,
    reminded_at BIGINT NOT NULL,
    is_manual_end BOOLEAN NOT NULL,
    services TEXT NOT NULL,
    pages TEXT NOT NULL,
    incident_id UUID,
    made_at BIGINT NOT NULL,
    made_by_kind TEXT NOT NULL,
    made_by UUID,
    PRIMARY KEY (org_id, id),
    UNIQUE (org_id, number)
);
CREATE INDEX maintenance_live ON maintenance (org_id, starts_at) WHERE ended_at IS NULL;
CREATE INDEX maintenance_ended ON maintenance (org_id, ended_at);
CREATE TABLE maintenance_update (
    org_id UUID NOT NULL,
    maintenance_id UUID NOT NULL,
    number BIGINT NOT NULL,
    status TEXT NOT NULL,
    body TEXT NOT NULL,
    at BIGINT NOT NULL,
    is_public BOOLEAN NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id UUID,
    PRIMARY KEY (org_id, maintenance_id, number),
    FOREIGN KEY (org_id, maintenance_id) REFERENCES maintenance (org_id, id)
);
