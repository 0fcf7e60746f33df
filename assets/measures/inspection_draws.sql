-- The draw of every plan: a pure function of population, seed and day, so that anybody
-- who holds them draws the same. Within each ratio the smallest SHA-256 of
-- seed|plan|code are drawn, rounded up, at least one. The whole population is kept.
WITH ranked AS (
  SELECT
    p.plan_no, s.uscc, s.letter, s.risk_class, s.ratio_bp, s.exempt, s.reason, s.graded_on,
    row_number() OVER (
      PARTITION BY p.plan_no, s.ratio_bp ORDER BY sha256(concat(p.seed, '|', p.plan_no, '|', s.uscc)), s.uscc
    ) AS place,
    count(*) OVER (PARTITION BY p.plan_no, s.ratio_bp) AS stratum
  FROM inspection_plans AS p
  JOIN inspection_standings AS s ON s.standing_on = p.drawn_on
)
SELECT
  plan_no, uscc, letter, risk_class, ratio_bp, exempt, reason, graded_on, stratum, place,
  place <= greatest((stratum * ratio_bp + 9999) // 10000, 1) AS drawn
FROM ranked
