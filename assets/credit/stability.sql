-- How steady letters are from one month end to the next, over the last twelve.
WITH letters AS (
  SELECT
    evaluated_on,
    letter,
    lag(letter) OVER (PARTITION BY uscc ORDER BY evaluated_on) AS before
  FROM computed_grades
  WHERE evaluated_on = last_day(evaluated_on) AND letter IS NOT NULL
)
SELECT
  evaluated_on AS month_end,
  count(*) AS enterprises,
  count(*) FILTER (letter = before) AS kept,
  count(*) FILTER (letter < before) AS better,
  count(*) FILTER (letter > before) AS worse
FROM letters
WHERE before IS NOT NULL
GROUP BY evaluated_on
ORDER BY evaluated_on DESC
LIMIT 12
