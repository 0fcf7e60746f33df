-- Standings an enterprise has on a day, from the one nobody doubts (the first grade, or the
-- best since) down to the one that was computed: every lower one is a step that has to be
-- told, to wait and to be confirmed. A step begins on the first day since which nothing
-- better was computed. The day's own computation stands in for the ledger's.
WITH found AS (
  SELECT l.uscc, d.evaluated_on, l.known_on, p.standing_rank
  FROM grade_ledger AS l
  JOIN evaluations AS d ON l.known_on <= d.evaluated_on
  JOIN standings AS p ON p.state = l.state AND p.letter = l.letter
  WHERE l.known_on < $today
  UNION ALL
  SELECT c.uscc, c.evaluated_on, c.evaluated_on, p.standing_rank
  FROM computed_grades AS c JOIN standings AS p ON p.state = c.state AND p.letter = c.letter
  WHERE c.evaluated_on = $today
), since AS (
  SELECT
    uscc, evaluated_on, known_on,
    -- The best of that day and all later ones.
    min(standing_rank) OVER (PARTITION BY uscc, evaluated_on ORDER BY known_on DESC) AS standing_rank,
    min(known_on) OVER (PARTITION BY uscc, evaluated_on) AS first_on
  FROM found
), steps AS (
  SELECT uscc, evaluated_on, standing_rank, min(known_on) AS found_on, min(known_on) = first_on AS is_first
  FROM since GROUP BY uscc, evaluated_on, standing_rank, first_on
), named AS (
  SELECT s.*, p.state, p.letter, p.is_statutory,
    concat(s.uscc, '/', CAST(s.found_on AS TEXT), '/', CASE WHEN p.state = 'graded' THEN p.letter ELSE p.state END) AS subject
  FROM steps AS s JOIN standings AS p USING (standing_rank)
), numbered AS (
  SELECT day, row_number() OVER (ORDER BY day) AS number FROM working_days
), acts AS (
  SELECT
    n.uscc, n.evaluated_on, n.standing_rank,
    min(a.since) FILTER (a.act = 'told') AS told_on,
    min(a.since) FILTER (a.act = 'confirmed') AS confirmed_on,
    count(*) FILTER (a.act = 'contested') > 0 AS is_contested,
    count(*) FILTER (a.act = 'withheld') > 0 AS is_withheld
  FROM named AS n LEFT JOIN grade_acts AS a
    -- No OR here: beside one, every step would be held against every act.
    ON a.subject = n.subject AND a.since <= n.evaluated_on AND coalesce(a.until, DATE '9999-12-31') > n.evaluated_on
  WHERE NOT n.is_first
  GROUP BY ALL
), ending AS (
  -- The last day to object; of one who is not told yet, as if told that day. Beyond the
  -- announced working days there is none, and nothing takes effect.
  SELECT a.*, (
    SELECT min(e.day) FROM numbered AS e
    WHERE e.number >= $working_days + (SELECT count(*) FROM numbered AS b WHERE b.day <= coalesce(a.told_on, a.evaluated_on))
  ) AS objection_until
  FROM acts AS a
)
SELECT
  n.uscc, n.evaluated_on, n.subject, n.standing_rank, n.state, n.letter, n.is_first, n.found_on,
  t.told_on, t.objection_until, t.confirmed_on,
  CASE
    WHEN n.is_first THEN 'effective'
    WHEN n.is_statutory THEN 'lawful'
    WHEN t.is_withheld THEN 'withheld'
    WHEN t.is_contested THEN 'contested'
    WHEN t.told_on IS NULL OR t.objection_until IS NULL OR n.evaluated_on <= t.objection_until THEN 'pending'
    WHEN NOT $automatic AND t.confirmed_on IS NULL THEN 'unconfirmed'
    ELSE 'effective'
  END AS stage
FROM named AS n LEFT JOIN ending AS t USING (uscc, evaluated_on, standing_rank)
ORDER BY n.uscc, n.evaluated_on, n.standing_rank
