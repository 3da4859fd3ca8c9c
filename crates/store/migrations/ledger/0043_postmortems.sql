-- What people write about an incident that is over. Every text that was saved is a version; the stage is that of the newest.
CREATE TABLE postmortem (
    org_id UUID NOT NULL,
    incident_id UUID NOT NULL,
    stage TEXT NOT NULL,
    version BIGINT NOT NULL,
    author_kind TEXT NOT NULL,
    author_id UUID,
    turn BIGINT NOT NULL,
    reviewer_id UUID,
    -- Who asked for the review, or who has approved.
    stage_by_kind TEXT,
    stage_by_id UUID,
    -- What readers see: the version, the number of the incident's update that holds it, and since when they see one.
    published_version BIGINT,
    published_update BIGINT,
    published_at BIGINT,
    PRIMARY KEY (org_id, incident_id),
    FOREIGN KEY (org_id, incident_id) REFERENCES incident (org_id, id),
    CHECK (stage IN ('draft', 'in_review', 'approved', 'published')),
    CHECK ((stage = 'in_review') = (reviewer_id IS NOT NULL)),
    CHECK ((published_version IS NULL) = (published_update IS NULL)),
    CHECK ((published_version IS NULL) = (published_at IS NULL))
);

CREATE TABLE postmortem_version (
    org_id UUID NOT NULL,
    incident_id UUID NOT NULL,
    number BIGINT NOT NULL,
    body TEXT NOT NULL,
    author_kind TEXT NOT NULL,
    author_id UUID,
    saved_at BIGINT NOT NULL,
    PRIMARY KEY (org_id, incident_id, number),
    FOREIGN KEY (org_id, incident_id) REFERENCES postmortem (org_id, incident_id)
);

-- The day is a date, as in 2026-03-31: it ends by the clock of whoever sees to it.
CREATE TABLE postmortem_action (
    org_id UUID NOT NULL,
    incident_id UUID NOT NULL,
    number BIGINT NOT NULL,
    body TEXT NOT NULL,
    owner_id UUID NOT NULL,
    due_on TEXT NOT NULL,
    is_public BOOLEAN NOT NULL,
    reminded_at BIGINT,
    done_at BIGINT,
    done_by_kind TEXT,
    done_by_id UUID,
    PRIMARY KEY (org_id, incident_id, number),
    FOREIGN KEY (org_id, incident_id) REFERENCES postmortem (org_id, incident_id),
    CHECK ((done_at IS NULL) = (done_by_kind IS NULL))
);
CREATE INDEX postmortem_action_open ON postmortem_action (org_id, due_on) WHERE done_at IS NULL;
