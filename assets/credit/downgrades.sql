-- Downgrades that wait today, with the reasons the enterprise is told: what decided the
-- letter, and the three rules that cost most; and those that the law lets take effect at once.
WITH today AS (
  SELECT * FROM grade_steps WHERE evaluated_on = $today
), standing AS (
  SELECT uscc, max(standing_rank) AS standing_rank, arg_max(letter, standing_rank) AS letter
  FROM today WHERE stage = 'effective' GROUP BY uscc
), costly AS (
  SELECT uscc, reason_zh, reason_en, rule_id, points FROM explanations
  WHERE evaluated_on = $today AND uscc IN (SELECT uscc FROM today WHERE stage <> 'effective')
    AND (points < 0 OR (points = 0 AND rule_id IN (SELECT veto_rule FROM computed_grades WHERE evaluated_on = $today)))
  QUALIFY row_number() OVER (PARTITION BY uscc ORDER BY points = 0 DESC, points, rule_id) <= 3
), reasons AS (
  SELECT
    uscc,
    string_agg(reason_zh, '；' ORDER BY points = 0 DESC, points, rule_id) AS reason_zh,
    string_agg(reason_en, '; ' ORDER BY points = 0 DESC, points, rule_id) AS reason_en
  FROM costly GROUP BY uscc
)
SELECT
  t.subject, t.uscc, e.name AS enterprise_name, s.letter AS letter, t.letter AS pending_letter, t.state AS pending_state,
  t.found_on, t.told_on, t.objection_until, t.confirmed_on, t.stage, r.reason_zh, r.reason_en
FROM today AS t
JOIN standing AS s USING (uscc)
JOIN enterprises AS e USING (uscc)
LEFT JOIN reasons AS r USING (uscc)
WHERE t.standing_rank > s.standing_rank
ORDER BY t.uscc, t.found_on, t.standing_rank
