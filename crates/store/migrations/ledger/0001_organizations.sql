-- Tenants, their configuration in all its versions, and what belongs to the installation.

CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE organization (
    id UUID PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    config_version BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE configuration (
    org_id UUID NOT NULL REFERENCES organization (id),
    version BIGINT NOT NULL,
    body TEXT NOT NULL,
    source TEXT NOT NULL,
    applied_at BIGINT NOT NULL,
    PRIMARY KEY (org_id, version)
);

CREATE TABLE api_token (
    org_id UUID NOT NULL REFERENCES organization (id),
    id UUID NOT NULL,
    name TEXT NOT NULL,
    hash BYTEA NOT NULL UNIQUE,
    role TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT,
    revoked_at BIGINT,
    PRIMARY KEY (org_id, id)
);
