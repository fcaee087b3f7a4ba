-- What operators add in the chat. It lies over the corpus folder of every replica.

-- Files by their names in the corpus folder, and the interview that they belong to: imported
-- transcripts, their records, what was received.
CREATE TABLE corpus_files (
    name TEXT PRIMARY KEY,
    slug TEXT NOT NULL,
    bytes BYTEA NOT NULL,
    changed_at BIGINT NOT NULL,
    person BIGINT NOT NULL
);

-- Readers' questions and key terms of passages; `kind` is `question` or `term`.
CREATE TABLE additions (
    passage TEXT NOT NULL,
    kind TEXT NOT NULL,
    words TEXT NOT NULL,
    added_at BIGINT NOT NULL,
    person BIGINT NOT NULL,
    PRIMARY KEY (passage, kind, words)
);

-- One row: it counts the changes of the two tables above.
CREATE TABLE overlay (revision BIGINT NOT NULL);
INSERT INTO overlay (revision) VALUES (0);

-- What stands in an operator's chat and waits for a press: words to be added …
CREATE TABLE drafts (
    chat_id BIGINT NOT NULL,
    message_id BIGINT NOT NULL,
    words TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (chat_id, message_id)
);
CREATE INDEX drafts_by_age ON drafts (expires_at);

-- … and transcripts to be imported; `known` is what their captions say of them.
CREATE TABLE uploads (
    chat_id BIGINT NOT NULL,
    message_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    known TEXT NOT NULL,
    bytes BYTEA NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (chat_id, message_id)
);
CREATE INDEX uploads_by_age ON uploads (expires_at);
