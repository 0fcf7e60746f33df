-- How often an enterprise is visited a year, in ten-thousandths of a visit: before, each
-- department by itself at one ratio for all; after, one joint visit by credit. Ordinary
-- visits are what is left when safety, environment and statute alone lead to none.
WITH departments AS (
  SELECT CAST(sum(rounds_per_year * flat_ratio_bp) AS BIGINT) AS before_bp FROM policy_inspection_departments
), rounds AS (
  SELECT CAST(count(*) AS BIGINT) AS joint FROM inspection_plans
  WHERE drawn_on <= $today AND drawn_on > $today - to_months(12)
), found AS (
  SELECT
    uscc,
    CAST(count(*) FILTER (WHERE inspected_on > $today - to_months(12)) AS BIGINT) AS visits,
    CAST(count(*) FILTER (WHERE inspected_on <= $today - to_months(12)) AS BIGINT) AS visits_before
  FROM inspection_results
  WHERE inspected_on <= $today AND inspected_on > $today - to_months(24)
  GROUP BY uscc
)
SELECT
  f.uscc, s.letter, f.ratio_bp, f.exempt, d.before_bp,
  r.joint * f.ratio_bp AS after_bp,
  CASE WHEN f.exempt THEN 0 ELSE r.joint * f.ratio_bp END AS after_ordinary_bp,
  coalesce(n.visits_before, 0) AS visits_before,
  coalesce(n.visits, 0) AS visits
FROM inspection_frequencies AS f
JOIN inspection_standings AS s ON s.standing_on = $today AND s.uscc = f.uscc
CROSS JOIN departments AS d
CROSS JOIN rounds AS r
LEFT JOIN found AS n ON n.uscc = f.uscc
