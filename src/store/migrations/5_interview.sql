-- The slug of the one interview that a chat wants searched.
ALTER TABLE settings ADD COLUMN interview TEXT;
