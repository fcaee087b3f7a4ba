-- How often an update was taken over from a replica that ended or died, and whether it was being
-- handled while nothing else was: then it is to blame if the program dies.
ALTER TABLE updates ADD COLUMN attempts BIGINT NOT NULL DEFAULT 0;
ALTER TABLE updates ADD COLUMN alone BIGINT NOT NULL DEFAULT 0;
