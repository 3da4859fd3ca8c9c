-- Texts from phones that were acted on, by the carrier's name for them: a callback that is sent again, by the carrier or by
-- somebody who has seen it, does nothing more.
CREATE TABLE phone_text (
    name TEXT PRIMARY KEY,
    at BIGINT NOT NULL
);
