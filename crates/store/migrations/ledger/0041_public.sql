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
