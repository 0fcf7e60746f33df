-- How every dataset arrives: the agencies' own mirror.
SELECT dataset, label_zh, label_en, agency, covered_to, last_delivery_on, state, message, rows_in, accepted, quarantined, duplicates
FROM source_status
