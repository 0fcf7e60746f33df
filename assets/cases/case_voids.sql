-- One line per record that a case keeps from counting: from which day, or at all; and
-- whether a broken promise makes it public to the end of its class.
SELECT
  record_id,
  MIN(CASE
    WHEN effect IN ('deleted', 'corrected') THEN DATE '0001-01-01'
    WHEN effect IN ('repaired', 'contested') THEN effective_from
  END) AS void_from,
  MAX(CASE WHEN effect = 'longest' THEN 1 ELSE 0 END) = 1 AS longest
FROM case_effects
GROUP BY record_id
