-- What readers were told is behind an incident, one cause a line: provider, kind, key.
ALTER TABLE incident_told ADD COLUMN causes TEXT NOT NULL DEFAULT '';
