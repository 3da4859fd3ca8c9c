-- What the directory asks of all providers at once: what is open, and what happened lately.
CREATE INDEX provider_incident_open ON provider_incident (provider_id, position)
    WHERE position IS NOT NULL AND phase NOT IN ('resolved', 'postmortem');
CREATE INDEX provider_change_recent ON provider_change (seen_at);
