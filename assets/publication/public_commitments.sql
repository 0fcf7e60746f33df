-- Commitments marked as open to the public; a broken one for as long as its class is.
SELECT
  c.record_key AS record_id, c.uscc, e.name AS enterprise_name, c.commitment_code, c.commitment_kind, c.reason,
  c.committed_on, c.valid_to, c.fulfilment, c.authority,
  CAST(v.happened_on + to_months(p.maximum_months) - INTERVAL 1 DAY AS DATE) AS publish_until,
  c.authority AS source, c.received_on AS collected_on
FROM all_commitments AS c
JOIN public_enterprises AS e USING (uscc)
JOIN credit_events AS v ON v.event_id = c.record_key
LEFT JOIN policy_publicity AS p ON p.severity = v.severity
WHERE c.publication = 'public' AND c.party_class <> 'natural' AND c.committed_on <= $today
  AND (v.severity IS NULL OR (p.published AND v.happened_on + to_months(p.maximum_months) > $today))
