-- Chats that are told when an interview is added. The row stays when that ends, with the id of the command that ended it:
-- a command that is handled again after a crash must not have the opposite effect.
CREATE TABLE followers (
    chat_id BIGINT PRIMARY KEY,
    chat_kind TEXT NOT NULL,
    topic BIGINT NOT NULL,
    language_code TEXT NOT NULL,
    is_on BIGINT NOT NULL,
    command_id BIGINT NOT NULL
);

-- Questions without an answer, whose askers want to be told when there is one. Chats are private chats.
CREATE TABLE followed_questions (
    chat_id BIGINT NOT NULL,
    -- A keyed hash of the question.
    question_hash BIGINT NOT NULL,
    question TEXT NOT NULL,
    language_code TEXT NOT NULL,
    PRIMARY KEY (chat_id, question_hash)
);

-- The slugs of all interviews that were ever served, and the chats that are yet to be told of new ones.
CREATE TABLE known_interviews (slug TEXT PRIMARY KEY);
CREATE TABLE notices (
    slug TEXT NOT NULL,
    chat_id BIGINT NOT NULL,
    added_at BIGINT NOT NULL,
    PRIMARY KEY (slug, chat_id)
);

-- Whether the question of a message was not answered (1). Then it is no topic to go on with.
ALTER TABLE asked ADD COLUMN missed BIGINT NOT NULL DEFAULT 0;
