-- The state of the card that a message shows, which the store does not interpret. What people say about the quotation
-- that they see (who asked this? the third one) refers to it.
ALTER TABLE asked ADD COLUMN card TEXT;
