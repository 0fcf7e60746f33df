-- One visit for all checks: what is looked at in each drawn enterprise. Whoever is exempt
-- is spared ordinary checks, never those of safety, environment or statute.
SELECT
  d.plan_no, d.uscc, p.period_from, p.period_to,
  string_agg(DISTINCT c.department, ';' ORDER BY c.department) FILTER (WHERE NOT (d.exempt AND c.exemptible)) AS departments,
  string_agg(c.item_code, ';' ORDER BY c.item_code) FILTER (WHERE NOT (d.exempt AND c.exemptible)) AS items,
  string_agg(c.item_code, ';' ORDER BY c.item_code) FILTER (WHERE d.exempt AND c.exemptible) AS spared,
  d.exempt, d.reason
FROM inspection_draws AS d
JOIN inspection_plans AS p USING (plan_no)
JOIN policy_inspection_checks AS c ON list_contains(string_split(p.departments, ';'), c.department)
WHERE d.drawn
GROUP BY d.plan_no, d.uscc, p.period_from, p.period_to, d.exempt, d.reason
