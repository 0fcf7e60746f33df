-- Credit files of enterprises that still exist; the grade only where policy publishes it
-- and the enterprise has consented, so that no grade shown says nothing about a grade.
SELECT
  e.uscc, e.name, e.former_names, e.enterprise_type, e.status, e.established_on, e.legal_representative,
  e.registered_capital_fen, e.domicile, e.industry_code, s.zh AS industry_section_name, e.business_scope,
  e.authority, e.in_park,
  b.letter AS published_grade,
  CASE WHEN b.letter IS NOT NULL THEN g.evaluated_on END AS graded_on,
  coalesce(e.authority, '市场监督管理部门') AS source,
  e.received_on AS collected_on
FROM enterprises AS e
LEFT JOIN codes AS s ON s.list = 'industry_section' AND s.code = e.industry_section
LEFT JOIN grades AS g ON g.uscc = e.uscc AND g.evaluated_on = $today
LEFT JOIN policy_letters AS b ON b.letter = g.letter AND b.published AND e.consented
-- After deregistration the file is kept and no longer shown.
WHERE coalesce(e.status, 'active') <> 'deregistered'
