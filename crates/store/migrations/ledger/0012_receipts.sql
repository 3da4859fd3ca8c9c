-- What the destination calls a message that it accepted: callbacks name it, and later messages are put below it. When it
-- said that the message had reached the person. A message that went out inside another one names that one.
ALTER TABLE notification ADD COLUMN receipt TEXT;
ALTER TABLE notification ADD COLUMN delivered_at BIGINT;
ALTER TABLE notification ADD COLUMN folded_into UUID;
CREATE INDEX notification_by_receipt ON notification (receipt) WHERE receipt IS NOT NULL;
CREATE INDEX notification_folded ON notification (org_id, folded_into) WHERE folded_into IS NOT NULL;
CREATE INDEX notification_by_responder ON notification (org_id, responder_id, kind, settled_at);
