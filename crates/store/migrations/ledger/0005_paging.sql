-- Who is to be told what and when, and what became of it.

-- The next step of one policy of one incident; without a due time the policy has nothing left to do.
CREATE TABLE timer (
    org_id UUID NOT NULL,
    incident_id UUID NOT NULL,
    policy_id UUID NOT NULL,
    generation BIGINT NOT NULL,
    round BIGINT NOT NULL,
    step BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    due_at BIGINT,
    lease_until BIGINT,
    epoch BIGINT NOT NULL,
    PRIMARY KEY (org_id, incident_id, policy_id),
    FOREIGN KEY (org_id, incident_id) REFERENCES incident (org_id, id)
);
CREATE INDEX timer_due ON timer (due_at) WHERE due_at IS NOT NULL;

-- The natural key makes a repeated step change nothing.
CREATE TABLE notification (
    org_id UUID NOT NULL,
    id UUID NOT NULL UNIQUE,
    incident_id UUID NOT NULL,
    generation BIGINT NOT NULL,
    kind TEXT NOT NULL,
    round BIGINT NOT NULL,
    step BIGINT NOT NULL,
    responder_kind TEXT NOT NULL,
    responder_id UUID NOT NULL,
    contact TEXT NOT NULL,
    reason TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    tries BIGINT NOT NULL,
    next_try_at BIGINT,
    lease_until BIGINT,
    epoch BIGINT NOT NULL,
    settled_at BIGINT,
    answer TEXT,
    PRIMARY KEY (org_id, id),
    UNIQUE (org_id, incident_id, generation, kind, round, step, responder_id, contact),
    FOREIGN KEY (org_id, incident_id) REFERENCES incident (org_id, id),
    CHECK (responder_kind IN ('user', 'channel')),
    CHECK (state <> 'pending' OR next_try_at IS NOT NULL)
);
CREATE INDEX notification_owed ON notification (state, next_try_at) WHERE state IN ('pending', 'sending');

CREATE TABLE attempt (
    org_id UUID NOT NULL,
    notification_id UUID NOT NULL,
    number BIGINT NOT NULL,
    id UUID NOT NULL,
    node TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    ended_at BIGINT,
    outcome TEXT,
    answer TEXT,
    may_have_arrived BOOLEAN NOT NULL,
    PRIMARY KEY (org_id, notification_id, number),
    FOREIGN KEY (org_id, notification_id) REFERENCES notification (org_id, id),
    CHECK ((ended_at IS NULL) = (outcome IS NULL)),
    CHECK (outcome IN ('accepted', 'try_again', 'refused'))
);
