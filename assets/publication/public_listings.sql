-- Listings that are live today; the reason as the deciding body wrote it.
SELECT
  l.record_key AS record_id, l.uscc, e.name AS enterprise_name, v.kind AS listing,
  l.reason, l.listed_on, l.authority, v.repairable_from, v.publish_until,
  l.authority AS source, l.received_on AS collected_on
FROM (
  SELECT a.record_key, a.uscc, r.zh AS reason, a.listed_on, a.authority, a.received_on
  FROM abnormal_listings AS a JOIN codes AS r ON r.list = 'abnormal_reason' AND r.code = a.reason
  UNION ALL SELECT s.record_key, s.uscc, s.reason, s.listed_on, s.authority, s.received_on FROM serious_listings AS s
  UNION ALL SELECT w.record_key, w.uscc, w.facts, w.listed_on, w.authority, w.received_on FROM wage_arrears_listings AS w
  UNION ALL
  SELECT t.record_key, i.uscc, concat(t.nature, '：', t.facts), t.listed_on, t.authority, t.received_on
  FROM serious_tax_cases AS t
  JOIN identities AS i ON i.dataset = 'serious_tax_cases' AND i.party_code = t.taxpayer_id AND i.party_name = t.party_name
    AND i.dated_on IS NOT DISTINCT FROM CASE WHEN length(t.taxpayer_id) <> 18 THEN t.listed_on END
) AS l
JOIN public_enterprises AS e ON e.uscc = l.uscc
JOIN credit_events AS v ON v.event_id = l.record_key
WHERE v.happened_on <= $today AND (v.ended_on IS NULL OR v.ended_on > $today)
  AND (v.publish_until IS NULL OR v.publish_until >= $today)
