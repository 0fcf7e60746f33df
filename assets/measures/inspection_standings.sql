-- How every enterprise stands in supervision on the days that matter: today and each day
-- of a draw. The ratio is the greater of its grade's and its risk class's. An exemption is
-- a recorded reason for ordinary checks; the enterprise stays in the population.
WITH days AS (
  SELECT $today AS day
  UNION SELECT drawn_on FROM inspection_plans WHERE drawn_on <= $today
), graded AS (
  SELECT d.day, MAX(e.evaluated_on) AS graded_on
  FROM days AS d JOIN evaluations AS e ON e.evaluated_on <= d.day GROUP BY d.day
), standing AS (
  SELECT d.day, d.graded_on, g.uscc, g.letter FROM graded AS d JOIN grades AS g ON g.evaluated_on = d.graded_on
), risk AS (
  SELECT d.day, r.uscc, MAX_BY(r.risk_class, r.month) AS risk_class
  FROM days AS d JOIN risk_classes AS r ON r.month <= d.day GROUP BY d.day, r.uscc
), qualified AS (
  SELECT s.day, s.uscc, MIN(x.zh) AS reason
  FROM standing AS s
  JOIN policy_exemptions AS x ON x.letter = s.letter
  JOIN credit_events AS v ON v.uscc = s.uscc AND v.kind = 'qualification' AND v.value = x.qualification
    AND v.happened_on <= s.day AND (v.ended_on IS NULL OR v.ended_on > s.day)
  GROUP BY s.day, s.uscc
), unclean AS (
  SELECT DISTINCT s.day, s.uscc
  FROM standing AS s
  JOIN policy_clean_exemptions AS x ON x.letter = s.letter
  JOIN credit_events AS v ON v.uscc = s.uscc
  WHERE v.polarity = 'negative' AND v.severity IN ('general', 'serious')
    AND v.happened_on <= s.day
    -- What is still open counts however old; what was revoked never does, and what is
    -- repaired or contested does not from that day.
    AND (v.ended_on IS NULL OR v.ended_on > v.happened_on)
    AND (v.void_from IS NULL OR v.void_from > s.day)
    AND (v.happened_on > s.day - to_months(x.clean_months) OR v.ended_on IS NULL OR v.ended_on > s.day)
), clean AS (
  SELECT s.day, s.uscc, x.zh AS reason
  FROM standing AS s
  JOIN policy_clean_exemptions AS x ON x.letter = s.letter
  JOIN grades AS g
    ON g.uscc = s.uscc AND g.letter = s.letter AND g.evaluated_on = last_day(g.evaluated_on)
    AND g.evaluated_on <= s.graded_on AND g.evaluated_on > s.graded_on - to_months(x.month_ends)
  LEFT JOIN unclean AS u ON u.day = s.day AND u.uscc = s.uscc
  WHERE u.uscc IS NULL
  GROUP BY s.day, s.uscc, x.zh, x.month_ends
  HAVING count(*) >= x.month_ends
)
SELECT
  s.day AS standing_on, s.uscc, s.graded_on, s.letter, r.risk_class,
  greatest(coalesce(l.ratio_bp, $ratio_bp_not_graded), coalesce(p.ratio_bp, 0)) AS ratio_bp,
  q.uscc IS NOT NULL OR c.uscc IS NOT NULL AS exempt,
  coalesce(q.reason, c.reason, concat('信用等级', coalesce(s.letter, '未评'), '；风险分类', coalesce(r.risk_class, '无'))) AS reason
FROM standing AS s
LEFT JOIN policy_letters AS l ON l.letter = s.letter
LEFT JOIN risk AS r ON r.day = s.day AND r.uscc = s.uscc
LEFT JOIN policy_risk_ratios AS p ON p.risk_class = r.risk_class
LEFT JOIN qualified AS q ON q.day = s.day AND q.uscc = s.uscc
LEFT JOIN clean AS c ON c.day = s.day AND c.uscc = s.uscc
