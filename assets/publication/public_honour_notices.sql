-- Candidates during their public notice, and not a day longer.
SELECT md5(concat('honour_candidates', c.honour_list, CAST(c.year AS TEXT), c.uscc)) AS record_id, c.uscc, e.name AS enterprise_name,
  c.honour_list, c.year, c.notice_from, c.notice_to, c.notice_to AS publish_until
FROM honour_candidates AS c
JOIN public_enterprises AS e ON e.uscc = c.uscc
WHERE c.state IN ('in_notice', 'contested') AND c.notice_from <= $today AND c.notice_to >= $today
