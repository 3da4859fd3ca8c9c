-- When we first saw a page claim the trouble it is in: judging asks it where a page has no components.
ALTER TABLE provider_source ADD COLUMN overall_trouble_since_at BIGINT;
