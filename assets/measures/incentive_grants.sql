-- What each enterprise was granted, month by month. The grade of the last month end
-- decides the month, so that a downgrade ends a grant with the next month by itself.
-- Where measures of one kind do not add up, the better one is granted. When a month would
-- overrun the year's budget, what is left is shared in proportion to entitlement.
WITH months AS (
  SELECT evaluated_on AS decided_on, CAST(evaluated_on + INTERVAL 1 DAY AS DATE) AS month
  FROM evaluations
  WHERE evaluated_on = last_day(evaluated_on) AND evaluated_on < $today
), offered AS (
  SELECT
    g.uscc, c.incentive_code, m.month, c.title, c.incentive_kind, m.decided_on, g.letter, entry.rank AS entry_rank,
    coalesce(t.cumulative, TRUE) AS cumulative, t.fee_kind,
    -- Without a known fee there is no amount: a cap alone is none.
    CASE WHEN t.fee_kind IS NOT NULL AND f.due_fen IS NOT NULL THEN
      least((f.due_fen * coalesce(c.discount_bp, 0)) // 10000, coalesce(c.cap_fen // 12, f.due_fen))
    END AS entitled_fen
  FROM months AS m
  JOIN grades AS g ON g.evaluated_on = m.decided_on AND g.state = 'graded'
  JOIN policy_letters AS own ON own.letter = g.letter
  JOIN incentive_catalogue AS c ON c.valid_from <= m.month AND (c.valid_to IS NULL OR c.valid_to >= m.month)
  JOIN policy_letters AS entry ON entry.letter = c.minimum_grade
  LEFT JOIN policy_incentive_terms AS t ON t.incentive_kind = c.incentive_kind
  LEFT JOIN fee_payments AS f
    ON f.uscc = g.uscc AND f.fee_kind = t.fee_kind AND f.month = m.month AND f.consent_no IS NOT NULL
  WHERE own.rank <= entry.rank
), best AS (
  SELECT * FROM offered
  QUALIFY cumulative OR row_number() OVER (
    PARTITION BY uscc, incentive_kind, month ORDER BY coalesce(entitled_fen, -1) DESC, entry_rank, incentive_code
  ) = 1
), wanted AS (
  SELECT month, incentive_kind, CAST(sum(coalesce(entitled_fen, 0)) AS BIGINT) AS month_fen
  FROM best GROUP BY month, incentive_kind
), room AS (
  SELECT
    w.month, w.incentive_kind, w.month_fen, b.budget_fen,
    greatest(b.budget_fen - (CAST(sum(w.month_fen) OVER (
      PARTITION BY year(w.month), w.incentive_kind ORDER BY w.month
    ) AS BIGINT) - w.month_fen), 0) AS left_fen
  FROM wanted AS w
  LEFT JOIN policy_incentive_budgets AS b ON b.year = year(w.month) AND b.incentive_kind = w.incentive_kind
), granted AS (
  SELECT
    s.*,
    CASE
      WHEN s.entitled_fen IS NULL OR r.budget_fen IS NULL OR r.month_fen <= r.left_fen THEN s.entitled_fen
      ELSE (s.entitled_fen * r.left_fen) // r.month_fen
    END AS granted_fen
  FROM best AS s JOIN room AS r ON r.month = s.month AND r.incentive_kind = s.incentive_kind
)
SELECT
  uscc, incentive_code, month, title, incentive_kind, letter, decided_on, entitled_fen, granted_fen,
  CASE
    WHEN fee_kind IS NULL THEN 'service'
    WHEN entitled_fen IS NULL THEN 'unknown_fee'
    WHEN granted_fen = entitled_fen THEN 'granted'
    WHEN granted_fen = 0 THEN 'exhausted'
    ELSE 'reduced'
  END AS state
FROM granted
ORDER BY uscc, incentive_code, month
