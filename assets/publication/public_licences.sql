-- Licences in force of enterprises that are shown; natural persons' licences never are.
SELECT
  p.record_key AS record_id, p.uscc, e.name AS enterprise_name, p.decision_no, p.document_name, p.licence_kind,
  p.certificate_name, p.certificate_no, p.content, p.decided_on, p.valid_from, p.valid_to, p.authority,
  p.source_unit AS source, p.received_on AS collected_on
FROM permits AS p
JOIN public_enterprises AS e USING (uscc)
WHERE p.status NOT IN ('revoked', 'objection') AND p.party_class <> 'natural' AND (p.valid_to IS NULL OR p.valid_to >= $today)
