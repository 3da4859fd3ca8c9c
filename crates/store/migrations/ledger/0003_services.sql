-- What our services are judged to be, what readers were told, and which organisations are to be judged again.

CREATE TABLE service_state (
    org_id UUID NOT NULL REFERENCES organization (id),
    service_id UUID NOT NULL,
    status TEXT NOT NULL,
    since_at BIGINT NOT NULL,
    public_status TEXT NOT NULL,
    public_since_at BIGINT NOT NULL,
    notes TEXT NOT NULL,
    judged_at BIGINT NOT NULL,
    PRIMARY KEY (org_id, service_id)
);

CREATE TABLE service_span (
    org_id UUID NOT NULL REFERENCES organization (id),
    service_id UUID NOT NULL,
    from_at BIGINT NOT NULL,
    to_at BIGINT,
    status TEXT NOT NULL,
    PRIMARY KEY (org_id, service_id, from_at),
    CHECK (to_at > from_at)
);
CREATE UNIQUE INDEX service_span_open ON service_span (org_id, service_id) WHERE to_at IS NULL;

CREATE TABLE judgement_due (
    org_id UUID PRIMARY KEY REFERENCES organization (id),
    due_at BIGINT NOT NULL
);
CREATE INDEX judgement_due_by_time ON judgement_due (due_at);
