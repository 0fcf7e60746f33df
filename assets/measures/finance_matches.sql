-- Which products fit which enterprise, and why: grade, life-cycle stage, industry,
-- qualification. A recommendation; whether to lend is the institution's decision.
WITH held AS (
  SELECT DISTINCT uscc, value AS qualification FROM credit_events
  WHERE kind = 'qualification' AND happened_on <= $today AND (ended_on IS NULL OR ended_on > $today)
), suited AS (
  SELECT p.product_code, h.uscc, MIN(k.zh) AS qualified
  FROM financial_products AS p
  JOIN held AS h ON list_contains(string_split(p.qualifications, ';'), h.qualification)
  JOIN codes AS k ON k.list = 'qualification' AND k.code = h.qualification
  GROUP BY p.product_code, h.uscc
)
SELECT
  g.uscc, p.product_code, p.name, p.bank, g.letter, f.stage, f.size,
  concat_ws('；',
    concat('信用等级', g.letter, '，达到', p.minimum_grade, '级及以上条件'),
    CASE WHEN p.stages IS NOT NULL THEN concat('处于', k.zh, '，符合适用阶段') END,
    CASE WHEN p.industry_sections IS NOT NULL THEN concat('属于', c.zh, '，符合适用行业') END,
    CASE WHEN p.qualifications IS NOT NULL THEN concat('为', s.qualified) END
  ) AS reason
FROM grades AS g
JOIN policy_letters AS own ON own.letter = g.letter
JOIN enterprise_profiles AS f ON f.uscc = g.uscc
JOIN financial_products AS p ON p.valid_to IS NULL OR p.valid_to >= $today
JOIN policy_letters AS entry ON entry.letter = p.minimum_grade
LEFT JOIN suited AS s ON s.product_code = p.product_code AND s.uscc = g.uscc
LEFT JOIN codes AS k ON k.list = 'life_stage' AND k.code = f.stage
LEFT JOIN codes AS c ON c.list = 'industry_section' AND c.code = f.industry_section
WHERE g.evaluated_on = $today AND g.state = 'graded' AND own.rank <= entry.rank
  AND (p.stages IS NULL OR list_contains(string_split(p.stages, ';'), f.stage))
  AND (p.industry_sections IS NULL OR list_contains(string_split(p.industry_sections, ';'), f.industry_section))
  AND (p.qualifications IS NULL OR s.uscc IS NOT NULL)
