-- Pages that are to be drawn again: those that were marked since they were last drawn.

CREATE TABLE stale_page (
    kind TEXT NOT NULL,
    page_key UUID NOT NULL,
    version BIGINT NOT NULL,
    drawn_version BIGINT NOT NULL,
    marked_at BIGINT NOT NULL,
    PRIMARY KEY (kind, page_key)
);
CREATE INDEX stale_page_waiting ON stale_page (marked_at) WHERE version > drawn_version;
