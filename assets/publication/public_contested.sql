-- Objections to records that are public today.
SELECT m.record_id, e.uscc, e.name AS enterprise_name, m.dataset, m.effective_from AS marked_on
FROM case_effects AS m
JOIN credit_events AS v ON v.event_id = m.record_id
JOIN public_enterprises AS e ON e.uscc = v.uscc
WHERE m.effect = 'marked' AND (
  m.record_id IN (SELECT record_id FROM public_penalties)
  OR m.record_id IN (SELECT record_id FROM public_listings)
  OR m.record_id IN (SELECT record_id FROM public_inspections)
  OR m.record_id IN (SELECT record_id FROM public_commitments)
  OR m.record_id IN (SELECT record_id FROM public_tax_arrears)
)
