-- Every support policy with how many it is for, who applied, and what was paid.
WITH matched AS (
  SELECT policy_code, CAST(count(*) AS BIGINT) AS matched FROM policy_matches GROUP BY policy_code
), applications AS (
  SELECT
    policy_code,
    CAST(count(DISTINCT uscc) AS BIGINT) AS applied,
    CAST(count(DISTINCT uscc) FILTER (WHERE state IN ('approved', 'paid')) AS BIGINT) AS approved,
    CAST(count(DISTINCT uscc) FILTER (WHERE state = 'paid') AS BIGINT) AS paid,
    CAST(coalesce(sum(approved_fen) FILTER (WHERE state = 'paid'), 0) AS BIGINT) AS paid_fen,
    CAST(coalesce(MAX(approved_fen) FILTER (WHERE state = 'paid'), 0) AS BIGINT) AS largest_fen,
    CAST(quantile_disc(date_diff('day', applied_on, paid_on), 0.5) FILTER (WHERE state = 'paid') AS BIGINT) AS median_days
  FROM policy_applications WHERE applied_on <= $today GROUP BY policy_code
)
SELECT p.policy_code, m.matched, coalesce(a.applied, 0) AS applied, coalesce(a.approved, 0) AS approved, coalesce(a.paid, 0) AS paid,
  coalesce(a.paid_fen, 0) AS paid_fen, coalesce(a.largest_fen, 0) AS largest_fen, a.median_days
FROM support_policies AS p
LEFT JOIN matched AS m USING (policy_code)
LEFT JOIN applications AS a USING (policy_code)
