-- How good the rules were: of the warnings whose horizon is over, after how many the grade
-- fell within it, how many days later, and what any enterprise's chance was without one.
WITH graded AS (
  SELECT g.uscc, g.evaluated_on, l.rank,
    lag(l.rank) OVER (PARTITION BY g.uscc ORDER BY g.evaluated_on) AS rank_before
  FROM grades AS g JOIN policy_letters AS l ON l.letter = g.letter
), falls AS (
  SELECT uscc, evaluated_on AS fell_on FROM graded WHERE rank > rank_before
), lowest AS (SELECT MAX(rank) AS rank FROM policy_letters),
rules AS (SELECT rule_id, level, horizon_months FROM policy_warning_rules WHERE level <> 'area'),
begun AS (
  -- Who is in the last grade already cannot fall: such a warning is not judged.
  SELECT w.rule_id, w.subject, w.since
  FROM warnings AS w
  JOIN rules AS r ON r.rule_id = w.rule_id
  JOIN graded AS g ON g.uscc = w.subject AND g.evaluated_on = w.since
  CROSS JOIN lowest AS b
  WHERE g.rank < b.rank AND w.since + to_months(r.horizon_months) <= $today
), judged AS (
  SELECT b.rule_id, b.subject, b.since, MIN(f.fell_on) AS fell_on
  FROM begun AS b
  JOIN rules AS r ON r.rule_id = b.rule_id
  LEFT JOIN falls AS f ON f.uscc = b.subject AND f.fell_on > b.since AND f.fell_on <= b.since + to_months(r.horizon_months)
  GROUP BY b.rule_id, b.subject, b.since
), chance AS (
  SELECT r.rule_id, count(*) AS moments, count(f.uscc) AS followed
  FROM rules AS r
  JOIN graded AS g ON g.evaluated_on + to_months(r.horizon_months) <= $today
  CROSS JOIN lowest AS b
  LEFT JOIN (SELECT DISTINCT g2.uscc, g2.evaluated_on, r2.rule_id
    FROM rules AS r2 JOIN graded AS g2 ON TRUE
    JOIN falls AS f2 ON f2.uscc = g2.uscc AND f2.fell_on > g2.evaluated_on AND f2.fell_on <= g2.evaluated_on + to_months(r2.horizon_months)
  ) AS f ON f.uscc = g.uscc AND f.evaluated_on = g.evaluated_on AND f.rule_id = r.rule_id
  WHERE g.rank < b.rank
  GROUP BY r.rule_id
), foreseen AS (
  SELECT r.rule_id, count(DISTINCT (f.uscc, f.fell_on)) AS falls,
    count(DISTINCT CASE WHEN s.subject IS NOT NULL THEN (f.uscc, f.fell_on) END) AS foreseen
  FROM rules AS r
  JOIN falls AS f ON TRUE
  LEFT JOIN warning_signals AS s
    ON s.rule_id = r.rule_id AND s.subject = f.uscc AND s.evaluated_on < f.fell_on
    AND s.evaluated_on >= f.fell_on - to_months(r.horizon_months)
  GROUP BY r.rule_id
)
SELECT
  r.rule_id, r.level, CAST(r.horizon_months AS BIGINT) AS horizon_months,
  CAST(count(j.subject) AS BIGINT) AS warnings,
  CAST(count(j.fell_on) AS BIGINT) AS hits,
  CAST(count(j.subject) - count(j.fell_on) AS BIGINT) AS false_alarms,
  CAST((count(j.fell_on) * 10000) // nullif(count(j.subject), 0) AS BIGINT) AS hit_bp,
  CAST((MAX(c.followed) * 10000) // nullif(MAX(c.moments), 0) AS BIGINT) AS chance_bp,
  CAST(quantile_disc(date_diff('day', j.since, j.fell_on), 0.5) AS BIGINT) AS median_lead_days,
  CAST(MAX(f.falls) AS BIGINT) AS falls,
  CAST(MAX(f.foreseen) AS BIGINT) AS falls_foreseen
FROM rules AS r
LEFT JOIN judged AS j ON j.rule_id = r.rule_id
LEFT JOIN chance AS c ON c.rule_id = r.rule_id
LEFT JOIN foreseen AS f ON f.rule_id = r.rule_id
GROUP BY r.rule_id, r.level, r.horizon_months
