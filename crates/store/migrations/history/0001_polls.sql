-- Every poll, and every document that a provider has served: evidence, kept for days, outside the ledger.

CREATE TABLE poll (
    provider_id UUID NOT NULL,
    at BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    http_status BIGINT,
    size_bytes BIGINT,
    elapsed_us BIGINT NOT NULL,
    reason TEXT,
    PRIMARY KEY (provider_id, at),
    CHECK (outcome IN ('read', 'unchanged', 'failed'))
);
CREATE INDEX poll_by_time ON poll (at);

CREATE TABLE body (
    provider_id UUID NOT NULL,
    hash BYTEA NOT NULL,
    first_seen_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    content BYTEA NOT NULL,
    PRIMARY KEY (provider_id, hash)
);
CREATE INDEX body_by_time ON body (last_seen_at);
