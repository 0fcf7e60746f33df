-- The grade in force: the lowest step that has taken effect, never better than it has to be
-- and never worse than what is computed now for the same day. The rule that decided a letter
-- is told with that letter only.
WITH standing AS (
  SELECT uscc, evaluated_on, max(standing_rank) AS standing_rank
  FROM grade_steps WHERE stage IN ('effective', 'lawful') GROUP BY uscc, evaluated_on
), kept AS (
  SELECT c.uscc, c.evaluated_on, p.state, p.letter
  FROM computed_grades AS c
  JOIN standings AS n ON n.state = c.state AND n.letter = c.letter
  JOIN standing AS s ON s.uscc = c.uscc AND s.evaluated_on = c.evaluated_on
  JOIN standings AS p ON p.standing_rank = s.standing_rank
  WHERE s.standing_rank < n.standing_rank
)
SELECT
  c.uscc, c.evaluated_on, c.policy_id,
  CASE WHEN k.uscc IS NULL THEN c.state ELSE k.state END AS state,
  c.score_points,
  CASE WHEN k.uscc IS NULL THEN c.letter ELSE k.letter END AS letter,
  c.completeness_bp, c.vetoed,
  CASE WHEN k.uscc IS NULL THEN c.veto_rule END AS veto_rule
FROM computed_grades AS c
LEFT JOIN kept AS k ON k.uscc = c.uscc AND k.evaluated_on = c.evaluated_on
