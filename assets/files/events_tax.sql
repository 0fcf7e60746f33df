-- Facts of the tax authority, joined to enterprises through `identities`.
SELECT t.record_key AS event_id, i.uscc, 'C09' AS category, 'tax_credit' AS kind,
  CASE WHEN t.grade = 'A' THEN 'positive' WHEN t.grade IN ('C', 'D') THEN 'negative' ELSE 'neutral' END AS polarity,
  CASE WHEN t.grade IN ('C', 'D') THEN 'general' END AS severity,
  t.grade AS value, concat(CAST(t.year AS TEXT), '年度纳税缴费信用', t.grade, '级') AS title, t.authority, NULL AS document_no,
  t.year AS period, coalesce(t.decided_on, make_date(t.year + 1, 4, 30)) AS happened_on, NULL AS ended_on,
  NULL AS amount_fen, NULL AS quantity, NULL AS publish_until, NULL AS repairable_from,
  'tax_credit_grades' AS dataset, t.record_key
FROM tax_credit_grades AS t
JOIN identities AS i ON i.dataset = 'tax_credit_grades' AND i.party_code = t.taxpayer_id AND i.party_name = t.party_name
  AND i.dated_on IS NOT DISTINCT FROM CASE WHEN length(t.taxpayer_id) <> 18 THEN t.decided_on END
WHERE i.uscc IS NOT NULL
UNION ALL
SELECT a.record_key, i.uscc, 'C03', 'tax_arrears', 'negative', 'general', a.tax_kind, concat('欠税公告：', a.tax_kind), a.authority,
  NULL, year(a.quarter_end), a.announced_on, a.cleared_on, a.balance_fen, NULL, NULL, NULL, 'tax_arrears', a.record_key
FROM tax_arrears AS a
JOIN identities AS i ON i.dataset = 'tax_arrears' AND i.party_code = a.taxpayer_id AND i.party_name = a.party_name
  AND i.dated_on IS NOT DISTINCT FROM CASE WHEN length(a.taxpayer_id) <> 18 THEN a.announced_on END
WHERE i.uscc IS NOT NULL
UNION ALL
SELECT s.record_key, i.uscc, 'C06', 'serious_tax_case', 'negative', 'serious', 'listed', s.nature, s.authority, s.case_no,
  NULL, s.listed_on, least(coalesce(s.removed_on, DATE '9999-12-31'), CAST(s.listed_on + to_months(t.maximum_months) AS DATE)), NULL, NULL,
  CAST(s.listed_on + to_months(t.maximum_months) - INTERVAL 1 DAY AS DATE), CAST(s.listed_on + to_months(t.repair_after_months) AS DATE), 'serious_tax_cases', s.record_key
FROM serious_tax_cases AS s
JOIN policy_terms AS t ON t.kind = 'serious_tax_case'
JOIN identities AS i ON i.dataset = 'serious_tax_cases' AND i.party_code = s.taxpayer_id AND i.party_name = s.party_name
  AND i.dated_on IS NOT DISTINCT FROM CASE WHEN length(s.taxpayer_id) <> 18 THEN s.listed_on END
WHERE i.uscc IS NOT NULL
