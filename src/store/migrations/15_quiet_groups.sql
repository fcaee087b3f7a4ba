-- Whether answers in a group are shown to their askers only.
ALTER TABLE settings ADD COLUMN quiet BIGINT NOT NULL DEFAULT 0;
