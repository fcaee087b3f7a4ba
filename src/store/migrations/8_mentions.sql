-- Mentions of the bot in chats, and the updates that answer them. A mention may arrive in two updates.
CREATE TABLE mentions (
    -- The keyed hash of chat, message, sender, time and words.
    mention BIGINT PRIMARY KEY,
    update_id BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX mentions_by_age ON mentions (expires_at);
