-- What a draw rested on: the fingerprint of the population, to compare with the one that
-- was announced, and how many were drawn.
SELECT
  p.plan_no, p.seed, MAX(d.graded_on) AS graded_on,
  CAST(count(*) AS BIGINT) AS population,
  CAST(count(*) FILTER (WHERE d.drawn) AS BIGINT) AS drawn,
  CAST(count(*) FILTER (WHERE d.drawn AND d.exempt) AS BIGINT) AS drawn_exempt,
  sha256(string_agg(concat(d.uscc, '|', CAST(d.ratio_bp AS TEXT), '|', CASE WHEN d.exempt THEN '1' ELSE '0' END), chr(10) ORDER BY d.uscc)) AS population_sha256,
  p.population_sha256 AS announced_sha256
FROM inspection_plans AS p
JOIN inspection_draws AS d USING (plan_no)
GROUP BY p.plan_no, p.seed, p.population_sha256
