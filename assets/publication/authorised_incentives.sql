-- What each enterprise may have today.
SELECT * FROM incentives
