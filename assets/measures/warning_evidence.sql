-- The records that a standing warning of an enterprise rests on.
SELECT w.warning_id, v.event_id, v.happened_on, v.title, v.value, v.dataset, v.record_key
FROM warnings AS w
JOIN policy_warning_rules AS r ON r.rule_id = w.rule_id
JOIN credit_events AS v
  ON v.uscc = w.subject AND v.kind = r.event_kind
  AND (r.event_values IS NULL OR list_contains(string_split(r.event_values, ';'), v.value))
  AND CASE WHEN r.method = 'permits' THEN v.ended_on ELSE v.happened_on END <= $today
  AND CASE WHEN r.method = 'permits' THEN v.ended_on ELSE v.happened_on END
    > $today - to_months(CASE WHEN r.method = 'insured' THEN 2 * r.window_months ELSE r.window_months END)
  AND NOT (v.kind = 'penalty' AND v.ended_on IS NOT NULL AND v.ended_on <= v.happened_on)
  AND (v.void_from IS NULL OR v.void_from > $today)
WHERE w.ended_on IS NULL
