-- Every record an enterprise can have repaired, now or later, minor ones too: from which
-- day, and when its publicity ends by itself. A contested one stays in sight.
SELECT
  v.uscc, e.name AS enterprise_name, v.event_id AS record_id, v.dataset, v.kind, v.title, v.authority, v.document_no,
  v.severity, v.happened_on AS decided_on,
  CASE WHEN coalesce(x.longest, FALSE) THEN NULL ELSE v.repairable_from END AS repairable_from,
  v.publish_until,
  CASE WHEN v.kind = 'penalty' THEN CAST(v.happened_on + to_months(p.maximum_months) - INTERVAL 1 DAY AS DATE) ELSE v.publish_until END AS longest_until,
  -- Listings are public whatever their class; a penalty where its class is.
  v.kind <> 'penalty' OR coalesce(p.published, FALSE) AS shown
FROM credit_events AS v
JOIN enterprises AS e USING (uscc)
LEFT JOIN policy_publicity AS p ON p.severity = v.severity
LEFT JOIN case_voids AS x ON x.record_id = v.event_id
WHERE v.kind IN ('penalty', 'abnormal_listing', 'serious_listing', 'serious_tax_case', 'wage_arrears_listing')
  AND v.happened_on <= $today
  AND (v.publish_until IS NULL OR v.publish_until >= $today)
  AND (
    v.ended_on IS NULL OR v.ended_on > $today
    OR v.event_id IN (SELECT record_id FROM case_effects WHERE effect = 'contested')
  )
  AND v.event_id NOT IN (SELECT record_id FROM case_effects WHERE effect IN ('repaired', 'deleted', 'corrected'))
