-- Grants without a gap as one period: from when to when, what it was worth, why it ended.
WITH numbered AS (
  SELECT *, year(month) * 12 + month(month) - row_number() OVER (PARTITION BY uscc, incentive_code ORDER BY month) AS island
  FROM incentive_grants
), periods AS (
  SELECT
    uscc, incentive_code, MIN(title) AS title, MIN(incentive_kind) AS incentive_kind,
    MIN(month) AS from_month, MAX(month) AS to_month, CAST(count(*) AS BIGINT) AS months,
    CAST(sum(coalesce(granted_fen, 0)) AS BIGINT) AS granted_fen
  FROM numbered GROUP BY uscc, incentive_code, island
), followed AS (
  SELECT p.*, CAST(p.to_month + to_months(1) AS DATE) AS next_month, last_day(p.to_month) AS next_decided_on FROM periods AS p
), newest AS (
  SELECT MAX(CAST(evaluated_on + INTERVAL 1 DAY AS DATE)) AS month
  FROM evaluations WHERE evaluated_on = last_day(evaluated_on) AND evaluated_on < $today
)
SELECT
  f.uscc, f.incentive_code, f.title, f.incentive_kind, f.from_month, f.to_month, f.months, f.granted_fen,
  CASE WHEN f.to_month < n.month THEN f.next_month END AS ended_on,
  CASE
    WHEN f.to_month >= n.month THEN NULL
    WHEN c.incentive_code IS NULL THEN 'catalogue'
    WHEN g.letter IS NULL THEN 'not_graded'
    WHEN own.rank > entry.rank THEN 'downgrade'
    ELSE 'replaced'
  END AS end_reason
FROM followed AS f
CROSS JOIN newest AS n
LEFT JOIN incentive_catalogue AS c
  ON c.incentive_code = f.incentive_code AND (c.valid_to IS NULL OR c.valid_to >= f.next_month)
LEFT JOIN policy_letters AS entry ON entry.letter = c.minimum_grade
LEFT JOIN grades AS g ON g.uscc = f.uscc AND g.evaluated_on = f.next_decided_on AND g.state = 'graded'
LEFT JOIN policy_letters AS own ON own.letter = g.letter
