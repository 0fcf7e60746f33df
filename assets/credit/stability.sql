-- How steady letters are from one month end to the next, over the last twelve.
SELECT
  evaluated_on AS month_end,
  count(*) AS enterprises,
  count(*) FILTER (standing = 'kept') AS kept,
  count(*) FILTER (standing = 'better') AS better,
  count(*) FILTER (standing = 'worse') AS worse
FROM card_steps
GROUP BY evaluated_on
ORDER BY evaluated_on DESC
LIMIT 12
