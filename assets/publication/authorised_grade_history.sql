-- What we held of every month end, and from which day on.
SELECT * FROM grade_history
