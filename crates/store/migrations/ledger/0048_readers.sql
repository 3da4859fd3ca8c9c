-- What readers were told is behind an incident, one cause a line: provider, kind, key.
ALTER TABLE incident_told ADD COLUMN causes TEXT NOT NULL DEFAULT '';

-- Who asks for one incident or work alone.
CREATE INDEX subscriber_of_thing ON subscriber (only_id) WHERE only_id <> subject_id;
