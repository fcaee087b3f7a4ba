-- Questions that links of the bot open. Nothing tells who made a link.
CREATE TABLE question_links (
    -- A keyed hash of the question.
    link BIGINT PRIMARY KEY,
    question TEXT NOT NULL,
    used_at BIGINT NOT NULL
);
CREATE INDEX question_links_by_age ON question_links (used_at);
