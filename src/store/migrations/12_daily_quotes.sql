-- Chats that get a quotation every day.
CREATE TABLE daily_quotes (
    chat_id BIGINT PRIMARY KEY,
    -- The type of the chat, its forum topic (0 for none), and the language of whoever switched it on.
    chat_kind TEXT NOT NULL,
    topic BIGINT NOT NULL,
    language_code TEXT NOT NULL,
    minute_of_day BIGINT NOT NULL,
    zone TEXT NOT NULL,
    -- When the next one is due; NULL while it is switched off.
    next_at BIGINT,
    -- When the last one was due, and its place in the chat's order of quotations.
    sent_at BIGINT NOT NULL,
    place BIGINT NOT NULL
);
CREATE INDEX daily_quotes_by_time ON daily_quotes (next_at);

INSERT INTO leases (name, holder) VALUES ('notices', 0);
