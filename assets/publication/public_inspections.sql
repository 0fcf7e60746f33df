-- Results of random inspections.
SELECT
  i.record_key AS record_id, i.uscc, e.name AS enterprise_name, i.plan_no, i.task, i.inspected_on, i.result, i.authority,
  i.authority AS source, i.received_on AS collected_on
FROM inspection_results AS i JOIN public_enterprises AS e USING (uscc)
WHERE i.inspected_on <= $today
