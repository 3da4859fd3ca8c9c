-- What the machine says in public, in the languages other than English, as a JSON object by their tags. There is none for what
-- people wrote, nor for what was said before this. That of an update which was edited is of the former text.
ALTER TABLE incident ADD COLUMN titles TEXT;
ALTER TABLE incident_told ADD COLUMN titles TEXT;
ALTER TABLE incident_update ADD COLUMN tongues TEXT;
ALTER TABLE maintenance_update ADD COLUMN tongues TEXT;
