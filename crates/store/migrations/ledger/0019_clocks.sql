-- The end of somebody's quiet hours that a page waits for: an instant on the wall, where other due times end a wait.
ALTER TABLE notification ADD COLUMN held_until BIGINT;
UPDATE notification SET held_until = due_at
    WHERE state = 'pending' AND tries = 0 AND LOWER(reason) LIKE '%held by quiet hours until%';
CREATE INDEX notification_held ON notification (held_until) WHERE held_until IS NOT NULL;
-- Jumps of the clock are summed up now, no longer named.
DELETE FROM setting WHERE name = 'clock_followed';
-- What is kept for a while only is found by its age.
CREATE INDEX notification_by_age ON notification (settled_at) WHERE settled_at IS NOT NULL;
CREATE INDEX phone_text_by_age ON phone_text (at);
CREATE INDEX announcement_by_age ON announcement (seen_at) WHERE handed_on_at IS NOT NULL;
