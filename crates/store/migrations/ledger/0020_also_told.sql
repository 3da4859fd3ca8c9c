-- What a message told of besides what it was owed for: incidents whose own pages waited for room, and leave all the same.
CREATE TABLE also_told (
    org_id UUID NOT NULL,
    message_id UUID NOT NULL,
    incident_id UUID NOT NULL,
    generation BIGINT NOT NULL,
    PRIMARY KEY (org_id, message_id, incident_id),
    FOREIGN KEY (org_id, message_id) REFERENCES notification (org_id, id),
    FOREIGN KEY (org_id, incident_id) REFERENCES incident (org_id, id)
);
CREATE INDEX also_told_incident ON also_told (org_id, incident_id);
