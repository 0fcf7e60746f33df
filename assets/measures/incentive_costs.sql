-- What the incentives cost, per month and kind, beside the year's budget.
WITH monthly AS (
  SELECT
    month, incentive_kind, CAST(count(DISTINCT uscc) AS BIGINT) AS enterprises,
    CAST(sum(entitled_fen) AS BIGINT) AS entitled_fen, CAST(sum(granted_fen) AS BIGINT) AS granted_fen,
    MAX(granted_fen) AS largest_fen
  FROM incentive_grants
  WHERE entitled_fen IS NOT NULL
  GROUP BY month, incentive_kind
)
SELECT
  m.month, m.incentive_kind, m.enterprises, m.entitled_fen, m.granted_fen, m.largest_fen,
  CAST(sum(m.granted_fen) OVER (PARTITION BY year(m.month), m.incentive_kind ORDER BY m.month) AS BIGINT) AS year_granted_fen,
  b.budget_fen, b.unit
FROM monthly AS m
LEFT JOIN policy_incentive_budgets AS b ON b.year = year(m.month) AND b.incentive_kind = m.incentive_kind
