-- What credit bought: applications by year and by the grade held when applying.
WITH dated AS (
  SELECT b.*, (SELECT MAX(e.evaluated_on) FROM evaluations AS e WHERE e.evaluated_on <= b.applied_on) AS graded_on
  FROM bank_feedback AS b WHERE b.applied_on <= $today
), lettered AS (
  SELECT d.*, coalesce(g.letter, 'N') AS letter,
    d.state IN ('granted', 'repaid', 'defaulted') AS lent
  FROM dated AS d LEFT JOIN grades AS g ON g.uscc = d.uscc AND g.evaluated_on = d.graded_on
)
SELECT
  CAST(year(applied_on) AS BIGINT) AS year, letter,
  CAST(count(*) AS BIGINT) AS applied,
  CAST(count(DISTINCT uscc) AS BIGINT) AS enterprises,
  CAST(count(*) FILTER (WHERE lent) AS BIGINT) AS granted,
  CAST(count(DISTINCT uscc) FILTER (WHERE lent) AS BIGINT) AS borrowers,
  CAST(coalesce(sum(granted_fen) FILTER (WHERE lent), 0) AS BIGINT) AS granted_fen,
  CAST(coalesce(MAX(granted_fen) FILTER (WHERE lent), 0) AS BIGINT) AS largest_fen,
  CAST(sum((granted_fen // 1000000) * rate_bp) FILTER (WHERE lent) // nullif(sum(granted_fen // 1000000) FILTER (WHERE lent), 0) AS BIGINT) AS average_rate_bp,
  CAST(count(*) FILTER (WHERE state = 'defaulted') AS BIGINT) AS defaulted
FROM lettered GROUP BY year(applied_on), letter
