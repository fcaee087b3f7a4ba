-- Several programs on one store. Times here are the database's own, so that clocks need not agree.

CREATE TABLE replicas (
    id BIGINT PRIMARY KEY,
    -- From when on it was seen without a gap.
    since BIGINT NOT NULL,
    seen_at BIGINT NOT NULL
);

-- What only one replica may do at a time. A lease is free when its holder is not alive.
CREATE TABLE leases (
    name TEXT PRIMARY KEY,
    holder BIGINT NOT NULL
);
INSERT INTO leases (name, holder) VALUES ('polling', 0);

-- Who has an update in hand, and by which write it came to that.
ALTER TABLE updates ADD COLUMN owner BIGINT NOT NULL DEFAULT 0;
ALTER TABLE updates ADD COLUMN batch BIGINT NOT NULL DEFAULT 0;
CREATE INDEX updates_in_hand ON updates (update_id) WHERE body IS NOT NULL;
