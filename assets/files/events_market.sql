-- Facts of market regulation as ledger lines: see contract credit_events.
SELECT p.record_key AS event_id, p.uscc, 'C03' AS category, 'licence' AS kind, 'neutral' AS polarity,
  NULL AS severity, p.licence_kind AS value, p.certificate_name AS title, p.authority, p.decision_no AS document_no,
  NULL AS period, p.decided_on AS happened_on,
  CASE WHEN p.status = 'revoked' THEN CAST(p.updated_at AS DATE) ELSE p.valid_to END AS ended_on,
  NULL AS amount_fen, NULL AS quantity, NULL AS publish_until, NULL AS repairable_from,
  'permits' AS dataset, p.record_key
FROM permits AS p
WHERE p.party_class <> 'natural'
UNION ALL
SELECT n.record_key, n.uscc, 'C03', 'penalty', 'negative', c.severity, n.penalty_kinds, n.violation_kind, n.authority,
  n.decision_no, NULL, n.decided_on,
  -- A revoked decision never counted, a contested one does not while it is contested
  -- (Regulation art. 39); otherwise it counts until its publicity ends.
  CASE WHEN n.status IN ('revoked', 'objection') THEN n.decided_on ELSE c.counts_until END,
  coalesce(n.fine_fen, 0) + coalesce(n.confiscated_fen, 0), NULL, c.publish_until, c.repairable_from,
  'penalties', n.record_key
FROM penalties AS n JOIN penalty_classes AS c USING (record_key)
WHERE n.party_class <> 'natural'
UNION ALL
SELECT a.record_key, a.uscc, 'C05', 'abnormal_listing', 'negative', 'general', a.reason, '列入经营异常名录', a.authority,
  NULL, NULL, a.listed_on, a.removed_on, NULL, NULL, NULL, CAST(a.listed_on + to_months(t.repair_after_months) AS DATE), 'abnormal_listings', a.record_key
FROM abnormal_listings AS a JOIN policy_terms AS t ON t.kind = 'abnormal_listing'
UNION ALL
SELECT s.record_key, s.uscc, 'C06', 'serious_listing', 'negative', 'serious', 'listed', s.reason, s.authority, s.decision_no,
  NULL, s.listed_on, least(coalesce(s.removed_on, DATE '9999-12-31'), CAST(s.listed_on + to_months(t.maximum_months) AS DATE)), NULL, NULL,
  CAST(s.listed_on + to_months(t.maximum_months) - INTERVAL 1 DAY AS DATE), CAST(s.listed_on + to_months(t.repair_after_months) AS DATE), 'serious_listings', s.record_key
FROM serious_listings AS s JOIN policy_terms AS t ON t.kind = 'serious_listing'
UNION ALL
SELECT i.record_key, i.uscc, 'C03', 'inspection',
  CASE WHEN i.result = 'clean' THEN 'positive' WHEN i.result IN ('corrected', 'pending') THEN 'neutral' ELSE 'negative' END,
  CASE WHEN i.result IN ('obstructed', 'false_info', 'unreachable') THEN 'general' WHEN i.result NOT IN ('clean', 'corrected', 'pending') THEN 'minor' END,
  i.result, i.task, i.authority, i.plan_no, NULL, i.inspected_on, NULL, NULL, NULL, NULL, NULL, 'inspection_results', i.record_key
FROM inspection_results AS i
UNION ALL
SELECT y.record_key, y.uscc, 'C12', 'annual_report',
  CASE WHEN y.filed_on <= make_date(y.report_year + 1, 6, 30) THEN 'positive' ELSE 'negative' END,
  CASE WHEN y.filed_on > make_date(y.report_year + 1, 6, 30) THEN 'minor' END,
  CASE WHEN y.filed_on <= make_date(y.report_year + 1, 6, 30) THEN 'on_time' ELSE 'late' END,
  concat(CAST(y.report_year AS TEXT), '年度报告'), NULL, NULL, y.report_year, y.filed_on, NULL, NULL, NULL, NULL, NULL,
  'annual_reports', y.record_key
FROM annual_reports AS y
