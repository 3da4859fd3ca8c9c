-- A digest of where a provider was declared to be read when what is learnt of its source was learnt: under another
-- declaration that means nothing.
ALTER TABLE provider_source ADD COLUMN declaration BYTEA;
