-- When a page that its carrier accepted should have been reported as arrived: then the person's next contact follows.
ALTER TABLE notification ADD COLUMN confirm_by BIGINT;
CREATE INDEX notification_unconfirmed ON notification (confirm_by) WHERE confirm_by IS NOT NULL;
