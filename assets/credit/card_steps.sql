-- How every letter of a month end stands to the enterprise's letter before it. Both cards
-- read it: the office's of what was computed, the public one of what was in force.
SELECT
  uscc,
  evaluated_on,
  CASE WHEN letter = before THEN 'kept' WHEN letter < before THEN 'better' ELSE 'worse' END AS standing
FROM (
  SELECT uscc, evaluated_on, letter, lag(letter) OVER (PARTITION BY uscc ORDER BY evaluated_on) AS before
  FROM given_letters
  WHERE evaluated_on = last_day(evaluated_on) AND letter IS NOT NULL
) AS l
WHERE before IS NOT NULL
