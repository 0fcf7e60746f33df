-- Facts of the park as ledger lines. Rent and fees only where the tenant has consented.
SELECT f.record_key AS event_id, f.uscc, 'C11' AS category, 'fee_payment' AS kind,
  CASE WHEN f.paid_on IS NULL OR f.paid_on > f.due_on THEN 'negative' ELSE 'positive' END AS polarity,
  NULL AS severity,
  CASE WHEN f.paid_on IS NULL THEN 'unpaid' WHEN f.paid_on > f.due_on THEN 'late' ELSE 'on_time' END AS value,
  concat(strftime(f.month, '%Y-%m'), CASE f.fee_kind WHEN 'rent' THEN ' 租金' ELSE ' 管理费' END) AS title,
  NULL AS authority, NULL AS document_no, year(f.month) * 100 + month(f.month) AS period,
  f.due_on AS happened_on, f.paid_on AS ended_on, f.due_fen AS amount_fen, NULL AS quantity,
  NULL AS publish_until, NULL AS repairable_from, 'fee_payments' AS dataset, f.record_key
FROM fee_payments AS f WHERE f.consent_no IS NOT NULL
UNION ALL
SELECT c.record_key, c.uscc, 'C08', 'commitment',
  CASE c.fulfilment WHEN 'fully' THEN 'positive' WHEN 'pending' THEN 'neutral' ELSE 'negative' END,
  CASE WHEN c.fulfilment IN ('partly', 'none') THEN 'general' END, c.fulfilment, c.reason, c.authority, c.commitment_code,
  NULL, coalesce(c.fulfilment_on, c.committed_on), NULL, NULL, NULL, NULL, NULL, 'commitments', c.record_key
FROM all_commitments AS c
WHERE c.party_class <> 'natural'
UNION ALL
SELECT s.record_key, s.uscc, 'C03', 'safety_check',
  CASE s.result WHEN 'passed' THEN 'positive' WHEN 'rectify' THEN 'neutral' ELSE 'negative' END,
  CASE WHEN s.result = 'major' THEN 'general' END, s.result, '安全生产检查', s.authority, NULL, NULL, s.checked_on, NULL, NULL,
  coalesce(s.hazards_found, 0) - coalesce(s.hazards_mended, 0), NULL, NULL, 'safety_checks', s.record_key
FROM safety_checks AS s
UNION ALL
SELECT v.record_key, v.uscc, 'C11', 'site_visit', 'neutral', NULL, NULL, v.topic, v.team, NULL, NULL, v.visited_on, NULL,
  NULL, NULL, NULL, NULL, 'site_visits', v.record_key
FROM site_visits AS v
UNION ALL
SELECT q.record_key, q.uscc, 'C10', 'qualification', 'positive', NULL, q.qualification, coalesce(k.zh, q.qualification), q.authority,
  q.certificate_no, NULL, q.granted_on, q.valid_to, NULL, NULL, NULL, NULL, 'qualifications', q.record_key
FROM qualifications AS q LEFT JOIN codes AS k ON k.list = 'qualification' AND k.code = q.qualification
UNION ALL
SELECT h.record_key, h.uscc, 'C10', 'honour', 'positive', NULL, h.level, h.title, h.authority, h.document_no, NULL,
  h.awarded_on, h.valid_to, NULL, NULL, NULL, NULL, 'honours', h.record_key
FROM honours AS h
UNION ALL
SELECT t.record_key, t.uscc, 'C11', 'standard', 'positive', NULL, t.status, '企业信用管理贯标', t.assessor, NULL, NULL,
  t.assessed_on, NULL, NULL, NULL, NULL, NULL, 'standard_status', t.record_key
FROM standard_status AS t
UNION ALL
SELECT m.record_key, m.uscc, 'C04', 'credit_managers', 'positive', NULL, NULL, '信用管理师', NULL, NULL, NULL, m.counted_on,
  NULL, NULL, m.certified, NULL, NULL, 'credit_managers', m.record_key
FROM credit_managers AS m
