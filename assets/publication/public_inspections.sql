-- Results of random inspections: minor findings are not published, general ones for as
-- long as their class is public; a clean result has no end.
SELECT
  i.record_key AS record_id, i.uscc, e.name AS enterprise_name, i.plan_no, i.task, i.inspected_on, i.result, i.authority,
  CAST(v.happened_on + to_months(p.maximum_months) - INTERVAL 1 DAY AS DATE) AS publish_until,
  i.authority AS source, i.received_on AS collected_on
FROM inspection_results AS i
JOIN public_enterprises AS e USING (uscc)
JOIN credit_events AS v ON v.event_id = i.record_key
LEFT JOIN policy_publicity AS p ON p.severity = v.severity
WHERE i.inspected_on <= $today
  AND (v.severity IS NULL OR (p.published AND v.happened_on + to_months(p.maximum_months) > $today))
