-- Ratings are keyed by a hash of the question: an index of PostgreSQL takes no row of more than some
-- 2,700 bytes, which a long question exceeds. Older rows get small negative numbers for hashes.
CREATE TABLE feedback_by_hash (
    person BIGINT NOT NULL,
    passage TEXT NOT NULL,
    question_hash BIGINT NOT NULL,
    question TEXT NOT NULL,
    good BIGINT NOT NULL,
    given_at BIGINT NOT NULL,
    PRIMARY KEY (person, passage, question_hash)
);
INSERT INTO feedback_by_hash
SELECT person, passage, -ROW_NUMBER() OVER (PARTITION BY person, passage ORDER BY question),
    question, good, given_at FROM feedback;
DROP TABLE feedback;
ALTER TABLE feedback_by_hash RENAME TO feedback;
CREATE INDEX feedback_by_age ON feedback (given_at);

-- Chats are keyed by a hash as well: the number of a private chat is that of its user, and stood
-- beside the user's hash. These rows live for two days, so those of before are dropped.
DROP TABLE asked;
CREATE TABLE asked (
    -- The keyed hash of the chat's id.
    chat BIGINT NOT NULL,
    message_id BIGINT NOT NULL,
    asked_id BIGINT NOT NULL,
    person BIGINT,
    question TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (chat, message_id)
);
CREATE INDEX asked_by_question ON asked (chat, asked_id);
CREATE INDEX asked_by_age ON asked (expires_at);
