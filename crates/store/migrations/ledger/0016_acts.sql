-- What people do to an incident besides taking it: for how long an answer stands, and whom the incident was handed to.
ALTER TABLE incident ADD COLUMN response_until BIGINT;
ALTER TABLE incident ADD COLUMN is_snoozed BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE incident ADD COLUMN assignee_kind TEXT;
ALTER TABLE incident ADD COLUMN assignee_id UUID;

-- What people add to the configuration while it runs. A row is never edited but to be withdrawn.
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
    CHECK (kind IN ('override', 'silence', 'contact')),
    CHECK ((withdrawn_at IS NULL) = (withdrawn_by_kind IS NULL))
);
CREATE INDEX amendment_standing ON amendment (org_id, ends_at) WHERE withdrawn_at IS NULL;

-- Counts the amendments made and withdrawn: what was decoded at one version is still right at the same.
ALTER TABLE organization ADD COLUMN amendment_version BIGINT NOT NULL DEFAULT 0;
