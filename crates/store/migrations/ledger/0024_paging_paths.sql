-- Which messages told of an incident is answered by this index alone; the one before was passed over for the primary key,
-- and with it all that the organisation was ever told was read.
DROP INDEX also_told_incident;
CREATE INDEX also_told_by_incident ON also_told (org_id, incident_id, message_id);
-- What one person was sent about one incident, without all that they were ever sent.
CREATE INDEX notification_by_incident ON notification (org_id, incident_id, responder_id);
