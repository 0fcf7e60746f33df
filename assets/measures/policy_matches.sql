-- 政策直通车: whom each policy of this month is for, why, and whether they have applied.
WITH offered AS (
  SELECT * FROM support_policies
  WHERE opens_on <= last_day($today) AND closes_on >= $today
), held AS (
  SELECT DISTINCT uscc, value AS qualification FROM credit_events
  WHERE kind = 'qualification' AND happened_on <= $today AND (ended_on IS NULL OR ended_on > $today)
), suited AS (
  SELECT p.policy_code, h.uscc, MIN(k.zh) AS qualified
  FROM offered AS p
  JOIN held AS h ON list_contains(string_split(p.qualifications, ';'), h.qualification)
  JOIN codes AS k ON k.list = 'qualification' AND k.code = h.qualification
  GROUP BY p.policy_code, h.uscc
), applied AS (
  SELECT policy_code, uscc, MAX_BY(state, applied_on) AS state FROM policy_applications
  WHERE applied_on <= $today GROUP BY policy_code, uscc
)
SELECT
  p.policy_code, f.uscc, p.title, p.opens_on, p.closes_on, p.amount_fen,
  concat_ws('；',
    CASE WHEN p.minimum_grade IS NOT NULL THEN concat('信用等级', g.letter, '，达到', p.minimum_grade, '级及以上条件') END,
    CASE WHEN p.qualifications IS NOT NULL THEN concat('为', s.qualified) END,
    CASE WHEN p.industry_sections IS NOT NULL THEN concat('属于', c.zh) END,
    CASE WHEN p.maximum_age_months IS NOT NULL THEN concat('成立', CAST(f.age_months AS TEXT), '个月，在', CAST(p.maximum_age_months AS TEXT), '个月以内') END
  ) AS reason,
  CAST(date_trunc('month', $today) AS DATE) AS push_from,
  CAST(date_trunc('month', $today) + INTERVAL 6 DAY AS DATE) AS push_until,
  a.state AS application_state,
  a.uscc IS NULL AS push
FROM offered AS p
JOIN enterprise_profiles AS f ON TRUE
LEFT JOIN grades AS g ON g.uscc = f.uscc AND g.evaluated_on = $today AND g.state = 'graded'
LEFT JOIN policy_letters AS own ON own.letter = g.letter
LEFT JOIN policy_letters AS entry ON entry.letter = p.minimum_grade
LEFT JOIN suited AS s ON s.policy_code = p.policy_code AND s.uscc = f.uscc
LEFT JOIN codes AS c ON c.list = 'industry_section' AND c.code = f.industry_section
LEFT JOIN applied AS a ON a.policy_code = p.policy_code AND a.uscc = f.uscc
WHERE (p.minimum_grade IS NULL OR coalesce(own.rank <= entry.rank, FALSE))
  AND (p.qualifications IS NULL OR s.uscc IS NOT NULL)
  AND (p.industry_sections IS NULL OR coalesce(list_contains(string_split(p.industry_sections, ';'), f.industry_section), FALSE))
  AND (p.maximum_age_months IS NULL OR coalesce(f.age_months <= p.maximum_age_months, FALSE))
