-- Whether each round's notice was long enough, counted in working days.
SELECT
  r.honour_list, CAST(r.year AS BIGINT) AS year, r.notice_from, r.notice_to, CAST(count(w.day) AS BIGINT) AS notice_workdays,
  CAST(t.notice_workdays AS BIGINT) AS wanted_workdays, count(w.day) >= t.notice_workdays AS sufficient
FROM honour_rounds AS r
JOIN policy_honour_terms AS t USING (honour_list)
LEFT JOIN working_days AS w ON w.day BETWEEN r.notice_from AND r.notice_to
GROUP BY r.honour_list, r.year, r.notice_from, r.notice_to, t.notice_workdays
