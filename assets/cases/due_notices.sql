-- What enterprises are to be told today. A milestone that a missed run passed over is
-- still due; whatever was told once is not told again (the outbox knows).
SELECT 'negative_record' AS notice_kind, g.record_id AS subject, g.uscc, g.enterprise_name, g.title, g.authority, g.document_no,
  g.decided_on, g.decided_on AS acts_on, g.repairable_from, g.publish_until
FROM repair_guidance AS g
UNION ALL
SELECT 'repair_soon', g.record_id, g.uscc, g.enterprise_name, g.title, g.authority, g.document_no, g.decided_on, g.repairable_from,
  g.repairable_from, g.publish_until
FROM repair_guidance AS g JOIN policy_notices AS p ON p.notice_kind = 'repair_soon'
WHERE g.repairable_from - p.days_before <= $today AND g.repairable_from > $today
UNION ALL
SELECT 'repair_open', g.record_id, g.uscc, g.enterprise_name, g.title, g.authority, g.document_no, g.decided_on, g.repairable_from,
  g.repairable_from, g.publish_until
FROM repair_guidance AS g
WHERE g.repairable_from <= $today
UNION ALL
SELECT 'publicity_ends', g.record_id, g.uscc, g.enterprise_name, g.title, g.authority, g.document_no, g.decided_on, g.publish_until,
  g.repairable_from, g.publish_until
FROM repair_guidance AS g JOIN policy_notices AS p ON p.notice_kind = 'publicity_ends'
WHERE g.publish_until - p.days_before <= $today
UNION ALL
SELECT 'commitment_due', c.record_key, c.uscc, e.name, c.reason, c.authority, c.commitment_code, c.committed_on, c.valid_to, NULL, NULL
FROM all_commitments AS c
JOIN enterprises AS e USING (uscc)
JOIN policy_notices AS p ON p.notice_kind = 'commitment_due'
WHERE c.fulfilment IN ('pending', 'partly') AND c.valid_to >= $today AND c.valid_to - p.days_before <= $today
UNION ALL
SELECT 'annual_report_due', concat(e.uscc, '/', CAST(year($today) - 1 AS TEXT)), e.uscc, e.name, concat(CAST(year($today) - 1 AS TEXT), '年度报告'),
  NULL, NULL, NULL, make_date(year($today), 6, 30), NULL, NULL
FROM enterprises AS e
JOIN policy_notices AS p ON p.notice_kind = 'annual_report_due'
WHERE e.in_park AND coalesce(e.status, 'active') = 'active'
  AND e.established_on < make_date(year($today), 1, 1)
  AND $today BETWEEN make_date(year($today), 6, 30) - p.days_before AND make_date(year($today), 6, 30)
  AND NOT EXISTS (SELECT 1 FROM annual_reports AS y WHERE y.uscc = e.uscc AND y.report_year = year($today) - 1)
UNION ALL
SELECT 'certificate_expires', l.record_key, l.uscc, e.name, l.certificate_name, l.authority, l.certificate_no, l.decided_on, l.valid_to, NULL, NULL
FROM permits AS l
JOIN enterprises AS e USING (uscc)
JOIN policy_notices AS p ON p.notice_kind = 'certificate_expires'
WHERE l.status IN ('active', 'updated') AND l.party_class <> 'natural'
  AND l.valid_to >= $today AND l.valid_to - p.days_before <= $today
UNION ALL
-- An announced downgrade waits for its objection period; one by law takes effect at once.
SELECT CASE WHEN d.stage = 'lawful' THEN 'downgrade_lawful' ELSE 'downgrade' END, d.subject, d.uscc, d.enterprise_name,
  concat('由', d.letter, '级调整为', d.pending_letter, '级', CASE WHEN d.pending_state = 'attention' THEN '（重点关注）' ELSE '' END,
    coalesce(concat('，主要原因：', d.reason_zh), '')),
  NULL, NULL, d.found_on, CASE WHEN d.stage = 'lawful' THEN d.found_on ELSE d.objection_until END, NULL, NULL
FROM downgrades AS d
WHERE d.stage <> 'withheld'
