-- What was computed of every enterprise on every day of a run: a row is added when it is
-- the first, or differs from the newest, and holds until the next one. The same day's row is
-- replaced. Days that are over are never written anew: a run of a past day leaves all as it is.
WITH newest AS (
  SELECT uscc, state, letter FROM grade_ledger WHERE known_on < $today
  QUALIFY row_number() OVER (PARTITION BY uscc ORDER BY known_on DESC) = 1
), changed AS (
  SELECT c.uscc, $today AS known_on, c.policy_id, c.state, c.letter, c.score_points
  FROM computed_grades AS c LEFT JOIN newest AS n USING (uscc)
  WHERE c.evaluated_on = $today
    AND (n.uscc IS NULL OR (c.state, c.letter) IS DISTINCT FROM (n.state, n.letter))
), past AS (
  SELECT count(*) > 0 AS is_past FROM grade_ledger WHERE known_on > $today
)
SELECT l.uscc, l.known_on, l.policy_id, l.state, l.letter, l.score_points
FROM grade_ledger AS l CROSS JOIN past
WHERE past.is_past OR l.known_on < $today
UNION ALL
SELECT c.uscc, c.known_on, c.policy_id, c.state, c.letter, c.score_points
FROM changed AS c CROSS JOIN past
WHERE NOT past.is_past
ORDER BY uscc, known_on
