-- Honoured enterprises by list and year: what the leading group approved after the public
-- notice, without whoever was taken off since; and the published A-grade taxpayers.
SELECT
  c.honour_list, c.year, c.uscc, c.enterprise_name, c.listed_on, c.valid_to, c.document_no,
  CASE c.honour_list WHEN 'leader' THEN $leader_zh WHEN 'supported' THEN $supported_zh ELSE $standard_zh END AS reason,
  CASE c.honour_list WHEN 'leader' THEN $leader_en WHEN 'supported' THEN $supported_en ELSE $standard_en END AS reason_en
FROM honour_candidates AS c
WHERE c.state IN ('honoured', 'ended')
UNION ALL
SELECT DISTINCT ON (v.uscc, v.period) 'tax_a', v.period, v.uscc, e.name, v.happened_on, CAST(NULL AS DATE), CAST(NULL AS TEXT), $tax_a_zh, $tax_a_en
FROM credit_events AS v JOIN enterprises AS e USING (uscc)
WHERE v.kind = 'tax_credit' AND v.value = $tax_a_grade AND v.happened_on <= $today
  AND (v.void_from IS NULL OR v.void_from > $today)
ORDER BY 1, 2, 3
