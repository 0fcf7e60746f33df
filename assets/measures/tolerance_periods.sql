-- 触发式监管: the tolerance period of new-economy enterprises; touching the bottom line (a
-- serious matter) ends it.
WITH periods AS (
  SELECT
    v.uscc, v.value AS qualification, MIN(v.happened_on) AS tolerated_from,
    CAST(MIN(v.happened_on) + to_months(t.tolerance_months) - INTERVAL 1 DAY AS DATE) AS tolerated_until,
    t.zh AS reason
  FROM credit_events AS v
  JOIN policy_tolerance_terms AS t ON t.qualification = v.value
  WHERE v.kind = 'qualification' AND v.happened_on <= $today
  GROUP BY v.uscc, v.value, t.tolerance_months, t.zh
), touched AS (
  SELECT p.uscc, p.qualification, MIN(v.happened_on) AS touched_on
  FROM periods AS p
  JOIN credit_events AS v ON v.uscc = p.uscc AND v.polarity = 'negative' AND v.severity = 'serious'
    AND v.happened_on BETWEEN p.tolerated_from AND p.tolerated_until AND v.happened_on <= $today
    AND (v.ended_on IS NULL OR v.ended_on > v.happened_on)
    AND (v.void_from IS NULL OR v.void_from > $today)
  GROUP BY p.uscc, p.qualification
)
SELECT
  p.uscc, p.qualification, p.tolerated_from, p.tolerated_until, t.touched_on AS ended_early_on,
  t.touched_on IS NULL AND p.tolerated_until >= $today AS open, p.reason
FROM periods AS p LEFT JOIN touched AS t ON t.uscc = p.uscc AND t.qualification = p.qualification
