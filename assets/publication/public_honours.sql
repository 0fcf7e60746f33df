-- Awards and qualifications in force, A-grade years, and the zone's own honour lists.
SELECT h.record_key AS record_id, h.uscc, e.name AS enterprise_name, h.title AS honour, h.title AS honour_en,
  CAST(NULL AS TEXT) AS honour_list, CAST(year(h.awarded_on) AS BIGINT) AS year, h.level, h.awarded_on, h.valid_to, h.authority,
  CAST(NULL AS TEXT) AS reason, CAST(NULL AS TEXT) AS reason_en, h.authority AS source, h.received_on AS collected_on
FROM honours AS h JOIN public_enterprises AS e USING (uscc)
WHERE h.awarded_on <= $today AND (h.valid_to IS NULL OR h.valid_to >= $today)
UNION ALL
SELECT q.record_key, q.uscc, e.name, c.zh, c.en, NULL, year(q.granted_on), q.level, q.granted_on, q.valid_to, q.authority,
  NULL, NULL, q.authority, q.received_on
FROM qualifications AS q
JOIN public_enterprises AS e USING (uscc)
JOIN codes AS c ON c.list = 'qualification' AND c.code = q.qualification
WHERE q.granted_on <= $today AND (q.valid_to IS NULL OR q.valid_to >= $today)
UNION ALL
SELECT md5(concat('honour_lists', l.honour_list, CAST(l.year AS TEXT), l.uscc)), l.uscc, e.name, c.zh, c.en, l.honour_list,
  l.year, CASE WHEN l.honour_list = 'tax_a' THEN NULL ELSE 'zone' END, l.listed_on, l.valid_to,
  CASE WHEN l.honour_list = 'tax_a' THEN '税务机关' ELSE '高新区管委会' END, l.reason, l.reason_en,
  CASE WHEN l.honour_list = 'tax_a' THEN '税务机关' ELSE '高新区管委会' END, $today
FROM honour_lists AS l
JOIN public_enterprises AS e ON e.uscc = l.uscc
JOIN codes AS c ON c.list = 'honour_list' AND c.code = l.honour_list
