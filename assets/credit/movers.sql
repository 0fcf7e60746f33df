-- Everyone whose standing differs between two gradings of the same files, with the rules
-- that moved them. Reads grades and explanations under `_before` and `_after`.
WITH changes AS (
  SELECT
    uscc,
    list(struct_pack(
      rule_id := rule_id,
      points_before := b.points, points_after := a.points,
      value_before := b.raw_value, value_after := a.raw_value,
      reason_zh := coalesce(a.reason_zh, b.reason_zh),
      reason_en := coalesce(a.reason_en, b.reason_en)
    ) ORDER BY abs(coalesce(a.points, 0) - coalesce(b.points, 0)) DESC, rule_id) AS rules
  FROM explanations_before AS b FULL JOIN explanations_after AS a USING (uscc, rule_id)
  WHERE a.points IS DISTINCT FROM b.points
  GROUP BY uscc
)
SELECT
  uscc, e.name, e.industry_section,
  b.letter AS letter_before, a.letter AS letter_after,
  b.state AS state_before, a.state AS state_after,
  b.score_points AS score_before, a.score_points AS score_after,
  b.veto_rule AS decided_before, a.veto_rule AS decided_after,
  (b.letter, b.state) IS DISTINCT FROM (a.letter, a.state) AS lettered,
  coalesce(c.rules, []) AS rules
FROM computed_grades_before AS b
FULL JOIN computed_grades_after AS a USING (uscc)
LEFT JOIN changes AS c USING (uscc)
LEFT JOIN enterprises AS e USING (uscc)
WHERE (b.letter, b.state, b.score_points) IS DISTINCT FROM (a.letter, a.state, a.score_points)
ORDER BY lettered DESC, abs(coalesce(a.score_points, 0) - coalesce(b.score_points, 0)) DESC, uscc
