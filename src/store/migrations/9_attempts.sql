-- `attempts` now counts only deaths of a replica while it handled the update alone (`alone` = 1), no
-- longer how often the update was taken over. What was counted before says nothing about that.
UPDATE updates SET attempts = 0, alone = 0 WHERE body IS NOT NULL;
