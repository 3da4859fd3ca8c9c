-- Amendments have kinds that the schema need not know: what can't be read is passed over where it is decoded.
DROP INDEX amendment_standing;
ALTER TABLE amendment RENAME TO amendment_before;
CREATE TABLE amendment (
    org_id UUID NOT NULL REFERENCES organization (id),
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    ends_at BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    made_by_kind TEXT NOT NULL,
    made_by UUID,
    withdrawn_at BIGINT,
    withdrawn_by_kind TEXT,
    withdrawn_by UUID,
    PRIMARY KEY (org_id, id),
    CHECK ((withdrawn_at IS NULL) = (withdrawn_by_kind IS NULL))
);
INSERT INTO amendment (org_id, id, kind, payload, ends_at, made_at, made_by_kind, made_by, withdrawn_at,
    withdrawn_by_kind, withdrawn_by)
SELECT org_id, id, kind, payload, ends_at, made_at, made_by_kind, made_by, withdrawn_at, withdrawn_by_kind, withdrawn_by
FROM amendment_before;
DROP TABLE amendment_before;
CREATE INDEX amendment_standing ON amendment (org_id, ends_at) WHERE withdrawn_at IS NULL;
-- What readers were told of an incident, where that is not all of it, and what people said may be told. `services` names each
-- service with its status and the worst that it had, one a line; `cleared` is the worst status that a person has let be told,
-- `refused` the worst that one has kept from readers, `asked` the worst that one was asked for.
CREATE TABLE incident_told (
    org_id UUID NOT NULL,
    incident_id UUID NOT NULL,
    title TEXT NOT NULL,
    services TEXT NOT NULL,
    cleared TEXT NOT NULL,
    refused TEXT NOT NULL,
    asked TEXT NOT NULL,
    PRIMARY KEY (org_id, incident_id),
    FOREIGN KEY (org_id, incident_id) REFERENCES incident (org_id, id)
);
-- When readers are promised the next word on an incident; one that is over has no row. `repeats` counts the times in a row that
-- there was nothing new to say.
CREATE TABLE incident_promise (
    org_id UUID NOT NULL,
    incident_id UUID NOT NULL,
    due_at BIGINT NOT NULL,
    is_reminded BOOLEAN NOT NULL,
    repeats BIGINT NOT NULL,
    PRIMARY KEY (org_id, incident_id),
    FOREIGN KEY (org_id, incident_id) REFERENCES incident (org_id, id)
);
