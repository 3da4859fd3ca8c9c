-- How a source is kept up: where its feed was found, whether the last answer can be its own, how busy the page
-- is, what its server allows, when the longer lists
-- are to be read again; and what a page that has moved should be read as.
ALTER TABLE provider_source ADD COLUMN feed_url TEXT;
ALTER TABLE provider_source ADD COLUMN is_refused BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE provider_source ADD COLUMN is_busy BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE provider_source ADD COLUMN floor_us BIGINT NOT NULL DEFAULT 0;
ALTER TABLE provider_source ADD COLUMN history_due_at BIGINT;
ALTER TABLE provider_source ADD COLUMN moved_platform TEXT;
ALTER TABLE provider_source ADD COLUMN moved_feed TEXT;
ALTER TABLE provider_source ADD COLUMN moved_at BIGINT;
-- Whether the page leaves no open incident out: where it has no components, an empty list then means that all is well.
ALTER TABLE provider_source ADD COLUMN lists_open BOOLEAN NOT NULL DEFAULT FALSE;
-- What the reader did not understand at the last reading, a line each.
ALTER TABLE provider_source ADD COLUMN warnings TEXT NOT NULL DEFAULT '';
-- Counts what is stored of a provider: what was read at one version is still true at the same.
ALTER TABLE provider_source ADD COLUMN version BIGINT NOT NULL DEFAULT 0;
