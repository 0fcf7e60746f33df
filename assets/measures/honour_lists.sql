-- Honoured enterprises by list and year. Criteria are the policy's; names only of
-- enterprises that are graded (leaders, supported, models) or on the published A list.
WITH now AS (
  SELECT g.uscc, e.name, g.letter, g.score_points
  FROM grades AS g JOIN enterprises AS e USING (uscc)
  -- A list says something of the grade: only of those who consented to publication.
  WHERE g.evaluated_on = $today AND g.state = 'graded' AND e.consented
), recent AS (
  SELECT uscc, count(*) AS graded_times,
    SUM(CASE WHEN h.letter IS NOT NULL THEN 1 ELSE 0 END) AS good_times
  FROM grades AS g LEFT JOIN policy_honour_letters AS h ON h.honour_list = 'leader' AND h.letter = g.letter
  WHERE g.evaluated_on IN (
    SELECT evaluated_on FROM evaluations WHERE evaluated_on < $today ORDER BY evaluated_on DESC LIMIT $month_ends
  )
  GROUP BY uscc
), troubled AS (
  SELECT DISTINCT v.uscc
  FROM credit_events AS v JOIN policy_honour_severities AS s ON s.severity = v.severity
  WHERE v.polarity = 'negative' AND v.kind IN ('penalty', 'abnormal_listing', 'serious_listing', 'serious_tax_case', 'wage_arrears_listing', 'tax_arrears')
    AND v.happened_on <= $today AND (v.ended_on IS NULL OR v.ended_on > $today)
), leaders AS (
  SELECT n.* FROM now AS n
  JOIN policy_honour_letters AS h ON h.honour_list = 'leader' AND h.letter = n.letter
  JOIN recent AS r USING (uscc)
  WHERE r.good_times = $month_ends AND n.uscc NOT IN (SELECT uscc FROM troubled)
), first_leaders AS (
  -- The list of leaders is as long as the list of the supported.
  SELECT * FROM leaders QUALIFY row_number() OVER (ORDER BY score_points DESC, uscc) <= $supported_top
), holders AS (
  SELECT DISTINCT v.uscc
  FROM credit_events AS v JOIN policy_honour_kinds AS k ON k.kind = v.kind
  WHERE v.happened_on <= $today AND (v.ended_on IS NULL OR v.ended_on > $today)
), supported AS (
  SELECT n.* FROM now AS n
  JOIN policy_honour_letters AS h ON h.honour_list = 'supported' AND h.letter = n.letter
  WHERE n.uscc IN (SELECT uscc FROM holders) AND n.uscc NOT IN (SELECT uscc FROM troubled)
    AND n.uscc NOT IN (SELECT uscc FROM first_leaders)
  QUALIFY row_number() OVER (ORDER BY n.score_points DESC, n.uscc) <= $supported_top
), models AS (
  SELECT n.* FROM now AS n
  JOIN policy_honour_letters AS h ON h.honour_list = 'standard_model' AND h.letter = n.letter
  JOIN (
    SELECT uscc, MAX_BY(value, happened_on) AS stage FROM credit_events
    WHERE kind = 'standard' AND happened_on <= $today GROUP BY uscc
  ) AS t ON t.uscc = n.uscc AND t.stage = $standard_stage
), listed AS (
  SELECT 'leader' AS honour_list, uscc, name, $leader_zh AS reason, $leader_en AS reason_en FROM first_leaders
  UNION ALL SELECT 'supported', uscc, name, $supported_zh, $supported_en FROM supported
  UNION ALL SELECT 'standard_model', uscc, name, $standard_zh, $standard_en FROM models
)
SELECT honour_list, CAST(year($today) AS BIGINT) AS year, uscc, name AS enterprise_name, $today AS listed_on, reason, reason_en FROM listed
UNION ALL
SELECT DISTINCT ON (v.uscc, v.period) 'tax_a', v.period, v.uscc, e.name, v.happened_on, $tax_a_zh, $tax_a_en
FROM credit_events AS v JOIN enterprises AS e USING (uscc)
WHERE v.kind = 'tax_credit' AND v.value = $tax_a_grade AND v.happened_on <= $today
ORDER BY 1, 2, 3
