-- Subscribers of our own status pages stand beside those of providers: what somebody is told about is a *subject*.
-- The tables are made anew, since their subject was a provider and nothing else.

-- One row for each thing that was said in public of one of our incidents or works, written with it. `detail` is the number
-- of the update, of a reminder the hours ahead. `routed_at` is there once the pages that show the thing have their news.
CREATE TABLE public_word (
    org_id UUID NOT NULL REFERENCES organization (id),
    thing_id UUID NOT NULL,
    seq BIGINT NOT NULL,
    kind TEXT NOT NULL,
    event TEXT NOT NULL,
    detail BIGINT NOT NULL,
    at BIGINT NOT NULL,
    routed_at BIGINT,
    PRIMARY KEY (org_id, thing_id, seq),
    CHECK (kind IN ('incident', 'maintenance')),
    CHECK (event IN ('update', 'reminder'))
);
CREATE INDEX public_word_waiting ON public_word (at, org_id, thing_id, seq) WHERE routed_at IS NULL;
CREATE INDEX public_word_routed ON public_word (routed_at) WHERE routed_at IS NOT NULL;

-- As before, for any subject, numbered within its kind. News of a page is one word about one thing.
CREATE TABLE announcement_of_any (
    subject_kind TEXT NOT NULL,
    subject_id UUID NOT NULL,
    last_seq BIGINT NOT NULL,
    changes BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    position BIGINT,
    cursor_id UUID,
    handed_on_at BIGINT,
    org_id UUID REFERENCES organization (id),
    thing_id UUID,
    word_seq BIGINT,
    PRIMARY KEY (subject_kind, subject_id, last_seq),
    UNIQUE (subject_kind, position),
    CHECK (changes > 0),
    CHECK (subject_kind IN ('provider', 'page')),
    CHECK ((subject_kind = 'page') = (org_id IS NOT NULL)),
    CHECK ((subject_kind = 'page') = (word_seq IS NOT NULL))
);
INSERT INTO announcement_of_any (subject_kind, subject_id, last_seq, changes, seen_at, position, cursor_id, handed_on_at)
    SELECT 'provider', provider_id, last_seq, changes, seen_at, position, cursor_id, handed_on_at FROM announcement;
DROP TABLE announcement;
ALTER TABLE announcement_of_any RENAME TO announcement;
CREATE INDEX announcement_unnumbered ON announcement (subject_kind, seen_at, subject_id, last_seq)
    WHERE position IS NULL;
CREATE INDEX announcement_waiting ON announcement (seen_at, position) WHERE handed_on_at IS NULL;
CREATE INDEX announcement_of_thing ON announcement (org_id, thing_id, word_seq) WHERE thing_id IS NOT NULL;

-- `only_id` is the one incident or work that is asked for, or the subject itself for the whole of it.
CREATE TABLE subscription_request_of_any (
    id UUID PRIMARY KEY,
    subject_kind TEXT NOT NULL,
    subject_id UUID NOT NULL,
    org_id UUID REFERENCES organization (id),
    kind TEXT NOT NULL,
    address TEXT NOT NULL,
    address_key TEXT NOT NULL,
    components TEXT NOT NULL,
    least TEXT NOT NULL,
    incidents BOOLEAN NOT NULL,
    maintenances BOOLEAN NOT NULL,
    postmortems BOOLEAN NOT NULL,
    only_id UUID NOT NULL,
    language TEXT NOT NULL,
    network BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    confirmed_at BIGINT,
    next_try_at BIGINT,
    lease_until BIGINT,
    epoch BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    CHECK (kind IN ('email', 'webhook', 'slack')),
    CHECK (subject_kind IN ('provider', 'page')),
    CHECK ((subject_kind = 'page') = (org_id IS NOT NULL))
);
INSERT INTO subscription_request_of_any
    (id, subject_kind, subject_id, kind, address, address_key, components, least, incidents, maintenances, postmortems,
     only_id, language, network, created_at, expires_at, confirmed_at, next_try_at, lease_until, epoch, tries)
    SELECT id, 'provider', provider_id, kind, address, address_key, components, least, incidents, maintenances, incidents,
        provider_id, 'en', network, created_at, expires_at, confirmed_at, next_try_at,
        lease_until, epoch, tries
    FROM subscription_request;
DROP TABLE subscription_request;
ALTER TABLE subscription_request_of_any RENAME TO subscription_request;
CREATE INDEX subscription_request_by_address ON subscription_request (address_key, created_at);
CREATE INDEX subscription_request_by_network ON subscription_request (network, created_at);
CREATE INDEX subscription_request_by_age ON subscription_request (created_at);
CREATE INDEX subscription_request_by_end ON subscription_request (expires_at);
CREATE INDEX subscription_request_owed ON subscription_request (next_try_at) WHERE next_try_at IS NOT NULL;

-- By what right people are told who did not confirm by a link of ours.
CREATE TABLE subscriber_consent (
    org_id UUID NOT NULL REFERENCES organization (id),
    id UUID NOT NULL,
    statement TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    made_by_kind TEXT NOT NULL,
    made_by UUID,
    PRIMARY KEY (org_id, id)
);

CREATE TABLE subscriber_of_any (
    id UUID PRIMARY KEY,
    subject_kind TEXT NOT NULL,
    subject_id UUID NOT NULL,
    org_id UUID REFERENCES organization (id),
    kind TEXT NOT NULL,
    address TEXT NOT NULL,
    address_key TEXT NOT NULL,
    components TEXT NOT NULL,
    least TEXT NOT NULL,
    incidents BOOLEAN NOT NULL,
    maintenances BOOLEAN NOT NULL,
    postmortems BOOLEAN NOT NULL,
    only_id UUID NOT NULL,
    language TEXT NOT NULL,
    consent_id UUID,
    confirmed_at BIGINT NOT NULL,
    told_at BIGINT,
    refusals BIGINT NOT NULL,
    UNIQUE (subject_kind, subject_id, kind, address_key, only_id),
    CHECK (kind IN ('email', 'webhook', 'slack')),
    CHECK (subject_kind IN ('provider', 'page')),
    CHECK ((subject_kind = 'page') = (org_id IS NOT NULL))
);
INSERT INTO subscriber_of_any
    (id, subject_kind, subject_id, kind, address, address_key, components, least, incidents, maintenances, postmortems,
     only_id, language, confirmed_at, told_at, refusals)
    SELECT id, 'provider', provider_id, kind, address, address_key, components, least, incidents, maintenances, incidents,
        provider_id, 'en', confirmed_at, told_at, refusals
    FROM subscriber;

-- One row for each thing that a subscriber is still to be told of: of a page one incident or work, of a provider everything
-- together, which is the provider. `is_urgent` says that what came last does not wait for the pause between messages.
CREATE TABLE subscriber_news_of_any (
    subscriber_id UUID NOT NULL REFERENCES subscriber_of_any (id) ON DELETE CASCADE,
    thing_id UUID NOT NULL,
    subject_kind TEXT NOT NULL,
    from_position BIGINT NOT NULL,
    upto_position BIGINT NOT NULL,
    claimed_position BIGINT,
    next_try_at BIGINT NOT NULL,
    lease_until BIGINT,
    epoch BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    is_urgent BOOLEAN NOT NULL,
    PRIMARY KEY (subscriber_id, thing_id),
    CHECK (upto_position > from_position)
);
INSERT INTO subscriber_news_of_any
    (subscriber_id, thing_id, subject_kind, from_position, upto_position, claimed_position, next_try_at, lease_until, epoch,
     tries, is_urgent)
    SELECT n.subscriber_id, s.provider_id, 'provider', n.from_position, n.upto_position, n.claimed_position, n.next_try_at,
        n.lease_until, n.epoch, n.tries, FALSE
    FROM subscriber_news n JOIN subscriber s ON s.id = n.subscriber_id;
DROP TABLE subscriber_news;
DROP TABLE subscriber;
ALTER TABLE subscriber_of_any RENAME TO subscriber;
ALTER TABLE subscriber_news_of_any RENAME TO subscriber_news;
CREATE INDEX subscriber_of_subject ON subscriber (subject_kind, subject_id, id);
CREATE INDEX subscriber_news_owed ON subscriber_news (next_try_at, subscriber_id, thing_id);
CREATE INDEX subscriber_news_oldest ON subscriber_news (subject_kind, from_position);
CREATE INDEX subscriber_by_address ON subscriber (subject_kind, subject_id, address_key);

-- Addresses that left a page of ours or were removed, as a keyed hash: an import does not bring them back.
CREATE TABLE subscriber_departure (
    org_id UUID NOT NULL REFERENCES organization (id),
    page_id UUID NOT NULL,
    address_hash BYTEA NOT NULL,
    left_at BIGINT NOT NULL,
    PRIMARY KEY (org_id, page_id, address_hash)
);
