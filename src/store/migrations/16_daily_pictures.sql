-- Whether a chat gets its quotation of the day as a picture.
ALTER TABLE daily_quotes ADD COLUMN as_picture BIGINT NOT NULL DEFAULT 0;
