-- The notice's figures of the year and how far the zone has come; headcounts only in sum.
WITH newest_managers AS (
  SELECT uscc, MAX_BY(certified, counted_on) AS certified FROM credit_managers WHERE counted_on <= $today GROUP BY uscc
), reached AS (
  SELECT 'credit_managers' AS target_id, CAST(coalesce(sum(m.certified), 0) AS BIGINT) AS reached
  FROM newest_managers AS m JOIN enterprises AS e ON e.uscc = m.uscc AND e.in_park
  UNION ALL
  SELECT 'standard_pilots', CAST(count(DISTINCT v.uscc) AS BIGINT)
  FROM credit_events AS v WHERE v.kind = 'standard' AND v.value <> 'none' AND v.happened_on <= $today
    AND (v.void_from IS NULL OR v.void_from > $today)
  UNION ALL
  SELECT 'supported', CAST(count(DISTINCT uscc) AS BIGINT) FROM honour_candidates WHERE honour_list = 'supported' AND state = 'honoured'
)
SELECT t.target_id, t.zh AS title, t.en AS title_en, CAST(t.wanted AS BIGINT) AS wanted, t.due_on, coalesce(r.reached, 0) AS reached
FROM policy_targets AS t LEFT JOIN reached AS r USING (target_id)
