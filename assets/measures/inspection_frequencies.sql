-- Sampling ratio of every enterprise: the greater of its grade's and its risk class's.
-- An exemption is a recorded reason; it never covers safety, environment, complaints,
-- ordered or statutory checks, and the enterprise stays in the population.
WITH risk AS (
  SELECT uscc, MAX_BY(risk_class, month) AS risk_class
  FROM risk_classes WHERE month <= $today GROUP BY uscc
), exempted AS (
  SELECT g.uscc, MIN(x.zh) AS reason
  FROM grades AS g
  JOIN credit_events AS v ON v.uscc = g.uscc AND v.kind = 'qualification'
    AND v.happened_on <= $today AND (v.ended_on IS NULL OR v.ended_on > $today)
  JOIN policy_exemptions AS x ON x.qualification = v.value AND x.letter = g.letter
  WHERE g.evaluated_on = $today
  GROUP BY g.uscc
)
SELECT
  g.uscc,
  greatest(coalesce(l.ratio_bp, $ratio_bp_not_graded), coalesce(p.ratio_bp, 0)) AS ratio_bp,
  x.uscc IS NOT NULL AS exempt,
  coalesce(x.reason, concat('信用等级', coalesce(g.letter, '未评'), '；风险分类', coalesce(r.risk_class, '无'))) AS reason
FROM grades AS g
LEFT JOIN policy_letters AS l ON l.letter = g.letter
LEFT JOIN risk AS r ON r.uscc = g.uscc
LEFT JOIN policy_risk_ratios AS p ON p.risk_class = r.risk_class
LEFT JOIN exempted AS x ON x.uscc = g.uscc
WHERE g.evaluated_on = $today
