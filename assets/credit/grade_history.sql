-- Every grade we ever held of a month end, with the day from which we held it: rows are
-- only added. A grade is added when it is the first of its month end, or differs from the
-- newest; the same day's grade is replaced. The newest known by a day is the history *as
-- known then*, the newest of all the history *as known now*.
WITH newest AS (
  SELECT * FROM grade_history
  QUALIFY row_number() OVER (PARTITION BY uscc, evaluated_on ORDER BY known_on DESC) = 1
), given AS (
  SELECT * FROM grades WHERE evaluated_on BETWEEN $first AND $last AND evaluated_on = last_day(evaluated_on)
), changed AS (
  SELECT g.*
  FROM given AS g LEFT JOIN newest AS n ON n.uscc = g.uscc AND n.evaluated_on = g.evaluated_on
  WHERE
    n.uscc IS NULL
    OR (g.policy_id, g.state, g.score_points, g.letter, g.completeness_bp, g.vetoed, g.veto_rule)
      IS DISTINCT FROM
      (n.policy_id, n.state, n.score_points, n.letter, n.completeness_bp, n.vetoed, n.veto_rule)
)
SELECT h.* FROM grade_history AS h
LEFT JOIN changed AS c
  ON c.uscc = h.uscc AND c.evaluated_on = h.evaluated_on AND h.known_on = $today
WHERE c.uscc IS NULL
UNION ALL
SELECT changed.*, $today AS known_on FROM changed
ORDER BY uscc, evaluated_on, known_on
