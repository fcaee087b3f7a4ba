-- One dialect for SQLite and PostgreSQL: BIGINT and TEXT only; times are Unix seconds.

-- The key by which user ids are hashed, made at first start.
CREATE TABLE secrets (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

-- Updates seen lately. While `body` is there, the update is in hand; without it, it is done.
CREATE TABLE updates (
    update_id BIGINT PRIMARY KEY,
    received_at BIGINT NOT NULL,
    body TEXT
);
CREATE INDEX updates_by_age ON updates (received_at);

CREATE TABLE settings (
    chat_id BIGINT PRIMARY KEY,
    language TEXT,
    script TEXT
);

-- Chats that threw the bot out, with the time from which they did.
CREATE TABLE blocked_chats (
    chat_id BIGINT PRIMARY KEY,
    since BIGINT NOT NULL
);

-- What was asked for the answer that stands in a message.
CREATE TABLE asked (
    chat_id BIGINT NOT NULL,
    message_id BIGINT NOT NULL,
    asked_id BIGINT NOT NULL,
    person BIGINT,
    question TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (chat_id, message_id)
);
CREATE INDEX asked_by_question ON asked (chat_id, asked_id);
CREATE INDEX asked_by_age ON asked (expires_at);

-- The same for messages that were sent by way of inline mode.
CREATE TABLE asked_inline (
    inline_id TEXT PRIMARY KEY,
    person BIGINT,
    question TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX asked_inline_by_age ON asked_inline (expires_at);

CREATE TABLE question_log (
    asked_at BIGINT NOT NULL,
    person BIGINT,
    chat_kind TEXT NOT NULL,
    question TEXT NOT NULL,
    verdict TEXT NOT NULL,
    passage TEXT,
    elapsed_us BIGINT NOT NULL
);
CREATE INDEX question_log_by_age ON question_log (asked_at);

CREATE TABLE feedback (
    person BIGINT NOT NULL,
    passage TEXT NOT NULL,
    question TEXT NOT NULL,
    good BIGINT NOT NULL,
    given_at BIGINT NOT NULL,
    PRIMARY KEY (person, passage, question)
);
CREATE INDEX feedback_by_age ON feedback (given_at);
