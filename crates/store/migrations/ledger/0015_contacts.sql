-- What is known of each contact of each person, by where it led when that was learnt: a contact that leads elsewhere is a
-- new one, and one that leads back is known again. A code that was sent to it follows from when it was asked for and is
-- not stored.
CREATE TABLE contact_state (
    org_id            UUID   NOT NULL REFERENCES organization (id),
    user_id           UUID   NOT NULL,
    contact           TEXT   NOT NULL,
    fingerprint       UUID   NOT NULL,
    verified_at       BIGINT,
    last_confirmed_at BIGINT,
    last_accepted_at  BIGINT,
    last_failed_at    BIGINT,
    last_answer       TEXT,
    code_asked_at     BIGINT,
    code_tries        BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (org_id, user_id, contact, fingerprint)
);
