-- Quotations that people have saved. The words are not kept: they are read from the passage.
CREATE TABLE saved_quotes (
    person BIGINT NOT NULL,
    -- The key of the passage, and the characters of it that are quoted.
    passage TEXT NOT NULL,
    start_at BIGINT NOT NULL,
    end_at BIGINT NOT NULL,
    saved_at BIGINT NOT NULL,
    PRIMARY KEY (person, passage, start_at)
);
