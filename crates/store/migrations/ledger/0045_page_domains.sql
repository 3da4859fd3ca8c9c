-- Whether a team has proven that the host name of a status page is its own. A name is served for the page that proved it first.
CREATE TABLE page_domain (
    page_id UUID NOT NULL PRIMARY KEY,
    org_id UUID NOT NULL REFERENCES organization (id),
    domain TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    checked_at BIGINT,
    proven_at BIGINT,
    due_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX page_domain_by_name ON page_domain (domain) WHERE state = 'verified';
CREATE INDEX page_domain_due ON page_domain (due_at)
