-- What became news, in one order for all providers, and who asked to be told of it.

-- One row for each set of changes that a reading showed. `position` numbers its last change among those of all
-- providers; it is given afterwards, so that two readings never wait for each other. `handed_on_at` is there once the
-- news is owed to every subscriber, and `cursor_id` is the last subscriber looked at before that.
CREATE TABLE announcement (
    provider_id UUID NOT NULL REFERENCES provider_source (provider_id),
    last_seq BIGINT NOT NULL,
    changes BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    position BIGINT UNIQUE,
    cursor_id UUID,
    handed_on_at BIGINT,
    PRIMARY KEY (provider_id, last_seq),
    CHECK (changes > 0)
);
CREATE INDEX announcement_unnumbered ON announcement (seen_at, provider_id, last_seq) WHERE position IS NULL;
CREATE INDEX announcement_waiting ON announcement (position) WHERE handed_on_at IS NULL;

-- Someone who asked for alerts and has not said by the mailed or posted link that it was them. Kept until it expires
-- even when confirmed, since quotas count it. `next_try_at` is there while the link is still to be sent.
CREATE TABLE subscription_request (
    id UUID PRIMARY KEY,
    provider_id UUID NOT NULL REFERENCES provider_source (provider_id),
    kind TEXT NOT NULL,
    address TEXT NOT NULL,
    address_key TEXT NOT NULL,
    components TEXT NOT NULL,
    least TEXT NOT NULL,
    incidents BOOLEAN NOT NULL,
    maintenances BOOLEAN NOT NULL,
    network BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    confirmed_at BIGINT,
    next_try_at BIGINT,
    lease_until BIGINT,
    epoch BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    CHECK (kind IN ('email', 'webhook'))
);
CREATE INDEX subscription_request_by_address ON subscription_request (address_key, created_at);
CREATE INDEX subscription_request_by_network ON subscription_request (network, created_at);
CREATE INDEX subscription_request_by_age ON subscription_request (created_at);
CREATE INDEX subscription_request_by_end ON subscription_request (expires_at);
CREATE INDEX subscription_request_owed ON subscription_request (next_try_at) WHERE next_try_at IS NOT NULL;

CREATE TABLE subscriber (
    id UUID PRIMARY KEY,
    provider_id UUID NOT NULL REFERENCES provider_source (provider_id),
    kind TEXT NOT NULL,
    address TEXT NOT NULL,
    address_key TEXT NOT NULL,
    components TEXT NOT NULL,
    least TEXT NOT NULL,
    incidents BOOLEAN NOT NULL,
    maintenances BOOLEAN NOT NULL,
    confirmed_at BIGINT NOT NULL,
    told_at BIGINT,
    refusals BIGINT NOT NULL,
    UNIQUE (provider_id, kind, address_key),
    CHECK (kind IN ('email', 'webhook'))
);
CREATE INDEX subscriber_of_provider ON subscriber (provider_id, id);

-- What a subscriber is still to be told: the changes after `from_position` up to `upto_position`, in one message. News
-- that comes before it is sent widens it. `claimed_position` is the end of what is being sent, and part of its id.
CREATE TABLE subscriber_news (
    subscriber_id UUID PRIMARY KEY REFERENCES subscriber (id) ON DELETE CASCADE,
    from_position BIGINT NOT NULL,
    upto_position BIGINT NOT NULL,
    claimed_position BIGINT,
    next_try_at BIGINT NOT NULL,
    lease_until BIGINT,
    epoch BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    CHECK (upto_position > from_position)
);
CREATE INDEX subscriber_news_owed ON subscriber_news (next_try_at);
