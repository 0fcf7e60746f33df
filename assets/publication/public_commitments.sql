-- Commitments marked as open to the public.
SELECT
  c.record_key AS record_id, c.uscc, e.name AS enterprise_name, c.commitment_code, c.commitment_kind, c.reason,
  c.committed_on, c.valid_to, c.fulfilment, c.authority, c.authority AS source, c.received_on AS collected_on
FROM commitments AS c JOIN public_enterprises AS e USING (uscc)
WHERE c.publication = 'public' AND c.party_class <> 'natural' AND c.committed_on <= $today
