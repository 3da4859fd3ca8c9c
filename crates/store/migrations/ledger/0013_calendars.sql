-- Calendars that anybody with the secret address can read: everybody's shifts in a schedule, or one person's in all.
CREATE TABLE calendar (
    org_id UUID NOT NULL REFERENCES organization (id),
    id UUID NOT NULL,
    hash BYTEA NOT NULL UNIQUE,
    subject TEXT NOT NULL,
    subject_id UUID NOT NULL,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_read_at BIGINT,
    revoked_at BIGINT,
    PRIMARY KEY (org_id, id)
);
