-- Arrears that were announced and are not settled.
SELECT
  a.record_key AS record_id, i.uscc, e.name AS enterprise_name, a.tax_kind, a.balance_fen, a.newly_owed_fen,
  a.quarter_end, a.announced_on, a.authority, CAST(NULL AS DATE) AS publish_until,
  a.authority AS source, a.received_on AS collected_on
FROM tax_arrears AS a
JOIN identities AS i ON i.dataset = 'tax_arrears' AND i.party_code = a.taxpayer_id AND i.party_name = a.party_name
  AND i.dated_on IS NOT DISTINCT FROM CASE WHEN length(a.taxpayer_id) <> 18 THEN a.announced_on END
JOIN public_enterprises AS e ON e.uscc = i.uscc
WHERE a.announced_on <= $today AND (a.cleared_on IS NULL OR a.cleared_on > $today) AND a.balance_fen > 0
