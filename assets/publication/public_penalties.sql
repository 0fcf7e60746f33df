-- Penalties whose publicity period is open today. Minor ones are never published; revoked
-- ones are withdrawn; natural persons are never shown (Regulation art. 20).
SELECT
  n.record_key AS record_id, n.uscc, e.name AS enterprise_name, n.decision_no, n.violation_kind, n.facts, n.legal_basis,
  n.penalty_kinds, n.content, n.fine_fen, n.confiscated_fen, n.decided_on, n.authority,
  c.severity, c.repairable_from, c.publish_until, n.source_unit AS source, n.received_on AS collected_on
FROM penalties AS n
JOIN penalty_classes AS c USING (record_key)
JOIN public_enterprises AS e USING (uscc)
WHERE c.published AND n.status IN ('active', 'updated') AND n.party_class <> 'natural'
  AND n.decided_on <= $today AND c.publish_until >= $today
