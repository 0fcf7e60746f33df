-- Who stood, who was publicised, who is honoured, who was taken off: every round of every
-- list, judged as of the round's own evaluation date. A list says something of a grade:
-- only of those who consented to publication.
WITH rounds AS (
  SELECT r.*, (SELECT MAX(e.evaluated_on) FROM evaluations AS e WHERE e.evaluated_on <= r.evaluated_on) AS graded_on
  FROM honour_rounds AS r WHERE r.evaluated_on <= $today AND r.honour_list <> 'tax_a'
), standing AS (
  SELECT r.honour_list, r.year, r.graded_on, g.uscc, e.name, g.letter, g.score_points
  FROM rounds AS r
  JOIN grades AS g ON g.evaluated_on = r.graded_on AND g.state = 'graded'
  JOIN enterprises AS e ON e.uscc = g.uscc AND e.consented
  JOIN policy_honour_letters AS h ON h.honour_list = r.honour_list AND h.letter = g.letter
), steady AS (
  -- The month ends before the round at which the enterprise had a leader's grade.
  SELECT s.year, s.uscc
  FROM standing AS s
  JOIN grades AS g
    ON g.uscc = s.uscc AND g.evaluated_on = last_day(g.evaluated_on)
    AND g.evaluated_on < s.graded_on AND g.evaluated_on >= s.graded_on - to_months($month_ends)
  JOIN policy_honour_letters AS h ON h.honour_list = 'leader' AND h.letter = g.letter
  WHERE s.honour_list = 'leader'
  GROUP BY s.year, s.uscc HAVING count(*) >= $month_ends
), troubled AS (
  SELECT DISTINCT r.honour_list, r.year, v.uscc
  FROM rounds AS r
  JOIN credit_events AS v ON v.happened_on <= r.graded_on AND (v.ended_on IS NULL OR v.ended_on > r.graded_on)
  JOIN policy_honour_severities AS y ON y.severity = v.severity
  WHERE v.polarity = 'negative' AND v.kind IN ('penalty', 'abnormal_listing', 'serious_listing', 'serious_tax_case', 'wage_arrears_listing', 'tax_arrears')
), holders AS (
  SELECT DISTINCT r.honour_list, r.year, v.uscc
  FROM rounds AS r
  JOIN credit_events AS v ON v.happened_on <= r.graded_on AND (v.ended_on IS NULL OR v.ended_on > r.graded_on)
  JOIN policy_honour_kinds AS k ON k.kind = v.kind
), stages AS (
  SELECT r.year, v.uscc, MAX_BY(v.value, v.happened_on) AS stage
  FROM rounds AS r JOIN credit_events AS v ON v.kind = 'standard' AND v.happened_on <= r.graded_on
    AND (v.void_from IS NULL OR v.void_from > r.graded_on)
  WHERE r.honour_list = 'standard_model' GROUP BY r.year, v.uscc
), eligible AS (
  SELECT s.* FROM standing AS s
  LEFT JOIN troubled AS x ON x.honour_list = s.honour_list AND x.year = s.year AND x.uscc = s.uscc
  LEFT JOIN steady AS y ON y.year = s.year AND y.uscc = s.uscc
  LEFT JOIN holders AS h ON h.honour_list = s.honour_list AND h.year = s.year AND h.uscc = s.uscc
  LEFT JOIN stages AS t ON t.year = s.year AND t.uscc = s.uscc
  WHERE CASE s.honour_list
    WHEN 'leader' THEN x.uscc IS NULL AND y.uscc IS NOT NULL
    WHEN 'supported' THEN x.uscc IS NULL AND h.uscc IS NOT NULL
    ELSE coalesce(t.stage = $standard_stage, FALSE)
  END
), leaders AS (
  SELECT e.* FROM eligible AS e JOIN policy_honour_terms AS t USING (honour_list)
  WHERE e.honour_list = 'leader'
  QUALIFY row_number() OVER (PARTITION BY e.year ORDER BY e.score_points DESC, e.uscc) <= t.quota
), placed AS (
  -- Whoever leads needs no support; the list of the supported goes on to the next.
  SELECT e.*, row_number() OVER (PARTITION BY e.honour_list, e.year ORDER BY e.score_points DESC, e.uscc) AS place
  FROM eligible AS e
  LEFT JOIN leaders AS l ON l.year = CASE WHEN e.honour_list = 'supported' THEN e.year END AND l.uscc = e.uscc
  WHERE l.uscc IS NULL
), objected AS (
  SELECT honour_list, year, uscc,
    MAX(CASE state WHEN 'upheld' THEN 2 WHEN 'open' THEN 1 ELSE 0 END) AS objection_rank
  FROM all_honour_objections WHERE raised_on <= $today GROUP BY honour_list, year, uscc
), fallen AS (
  SELECT p.honour_list, p.year, p.uscc, MIN(g.evaluated_on) AS delisted_on,
    MIN_BY(CASE WHEN g.vetoed THEN concat('一票否决：', coalesce(g.veto_rule, '')) ELSE concat('信用等级降为', g.letter, '级') END, g.evaluated_on) AS delisting_reason
  FROM placed AS p
  JOIN rounds AS r ON r.honour_list = p.honour_list AND r.year = p.year
  JOIN policy_honour_terms AS t ON t.honour_list = p.honour_list
  JOIN grades AS g
    ON g.uscc = p.uscc AND g.evaluated_on > r.graded_on AND g.evaluated_on <= least(r.valid_to, $today)
    AND ((t.delist_on_veto AND g.vetoed) OR list_contains(string_split(t.delist_letters, ';'), g.letter))
  GROUP BY p.honour_list, p.year, p.uscc
)
SELECT
  p.honour_list, CAST(p.year AS BIGINT) AS year, p.uscc, p.name AS enterprise_name, CAST(p.place AS BIGINT) AS place, p.score_points,
  r.notice_from, r.notice_to, r.decided_on AS listed_on, r.document_no, r.valid_to, f.delisted_on, f.delisting_reason,
  CASE
    WHEN coalesce(o.objection_rank, 0) = 2 THEN 'objected'
    WHEN f.delisted_on IS NOT NULL AND (r.decided_on IS NULL OR f.delisted_on <= r.decided_on) THEN 'withdrawn'
    WHEN r.notice_from > $today THEN 'candidate'
    WHEN r.decided_on IS NULL OR r.decided_on > $today THEN CASE WHEN coalesce(o.objection_rank, 0) = 1 THEN 'contested' ELSE 'in_notice' END
    WHEN f.delisted_on IS NOT NULL THEN 'delisted'
    WHEN r.valid_to < $today THEN 'ended'
    ELSE 'honoured'
  END AS state
FROM placed AS p
JOIN rounds AS r ON r.honour_list = p.honour_list AND r.year = p.year
JOIN policy_honour_terms AS t ON t.honour_list = p.honour_list
LEFT JOIN objected AS o ON o.honour_list = p.honour_list AND o.year = p.year AND o.uscc = p.uscc
LEFT JOIN fallen AS f ON f.honour_list = p.honour_list AND f.year = p.year AND f.uscc = p.uscc
WHERE p.place <= t.quota
