-- Signals without a gap are one warning: since when, how it stands, who took it up.
WITH steps AS (
  SELECT evaluated_on, row_number() OVER (ORDER BY evaluated_on) AS step FROM evaluations
), newest AS (SELECT MAX(step) AS step FROM steps),
placed AS (
  SELECT s.*, t.step, t.step - row_number() OVER (PARTITION BY s.rule_id, s.subject ORDER BY t.step) AS island
  FROM warning_signals AS s JOIN steps AS t USING (evaluated_on)
), spans AS (
  SELECT
    level, rule_id, subject, MIN(evaluated_on) AS since, MAX(step) AS last_step,
    MAX_BY(value, step) AS value, MAX_BY(path, step) AS path
  FROM placed GROUP BY level, rule_id, subject, island
), ended AS (
  SELECT s.*, t.evaluated_on AS ended_on FROM spans AS s LEFT JOIN steps AS t ON t.step = s.last_step + 1
), reviewed AS (
  SELECT e.rule_id, e.subject, e.since, MAX(w.acknowledged_on) AS acknowledged_on,
    MAX_BY(w.unit, w.acknowledged_on) AS unit,
    MAX_BY(CASE WHEN w.closed_on <= $today THEN w.closed_on END, w.acknowledged_on) AS closed_on,
    MAX_BY(CASE WHEN w.closed_on <= $today THEN w.closed_why END, w.acknowledged_on) AS closed_why
  FROM ended AS e
  JOIN all_warning_reviews AS w
    ON w.rule_id = e.rule_id AND w.subject = e.subject AND w.acknowledged_on <= $today
    AND w.acknowledged_on >= e.since AND (e.ended_on IS NULL OR w.acknowledged_on < e.ended_on)
  GROUP BY e.rule_id, e.subject, e.since
)
SELECT
  md5(concat(e.rule_id, '|', e.subject, '|', CAST(e.since AS TEXT))) AS warning_id,
  e.level, e.rule_id, e.subject, coalesce(n.name, c.zh, e.subject) AS subject_name, r.colour, e.since, e.ended_on, e.value,
  r.limit_value,
  replace(r.zh, '{value}', CASE r.unit WHEN 'bp' THEN concat(CAST(e.value // 100 AS TEXT), '%') ELSE CAST(e.value AS TEXT) END) AS reason,
  replace(r.en, '{value}', CASE r.unit WHEN 'bp' THEN concat(CAST(e.value // 100 AS TEXT), '%') ELSE CAST(e.value AS TEXT) END) AS reason_en,
  e.path, w.acknowledged_on, w.unit, w.closed_on, w.closed_why,
  CASE
    WHEN e.ended_on IS NOT NULL THEN 'over'
    WHEN w.closed_on IS NOT NULL THEN 'closed'
    WHEN w.acknowledged_on IS NOT NULL THEN 'acknowledged'
    ELSE 'open'
  END AS state
FROM ended AS e
JOIN policy_warning_rules AS r ON r.rule_id = e.rule_id
LEFT JOIN enterprises AS n ON n.uscc = e.subject
LEFT JOIN codes AS c ON c.list = 'industry_section' AND c.code = e.subject
LEFT JOIN reviewed AS w ON w.rule_id = e.rule_id AND w.subject = e.subject AND w.since = e.since
