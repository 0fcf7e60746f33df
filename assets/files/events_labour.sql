-- Facts of labour and social security as ledger lines.
SELECT c.record_key AS event_id, c.uscc, 'C03' AS category, 'contribution' AS kind,
  CASE WHEN c.paid_fen < c.due_fen OR c.paid_on > last_day(CAST(c.month + to_months(g.grace_months) AS DATE)) THEN 'negative' ELSE 'positive' END AS polarity,
  NULL AS severity,
  CASE
    WHEN c.paid_fen < c.due_fen THEN 'short'
    WHEN c.paid_on > last_day(CAST(c.month + to_months(g.grace_months) AS DATE)) THEN 'late'
    ELSE 'on_time'
  END AS value,
  concat(strftime(c.month, '%Y-%m'), ' 社会保险费') AS title, NULL AS authority, NULL AS document_no,
  year(c.month) * 100 + month(c.month) AS period,
  -- A month's contributions fall due at the end of the last month of grace.
  last_day(CAST(c.month + to_months(g.grace_months) AS DATE)) AS happened_on, NULL AS ended_on,
  greatest(c.due_fen - c.paid_fen, 0) AS amount_fen, c.insured AS quantity, NULL AS publish_until, NULL AS repairable_from,
  'social_contributions' AS dataset, c.record_key
FROM social_contributions AS c JOIN policy_terms AS g ON g.kind = 'contribution'
UNION ALL
SELECT g.record_key, g.uscc, 'C09', 'labour_grade',
  CASE g.grade WHEN 'A' THEN 'positive' WHEN 'B' THEN 'neutral' ELSE 'negative' END,
  CASE WHEN g.grade = 'C' THEN 'general' END, g.grade, concat(CAST(g.year AS TEXT), '年度劳动保障守法诚信', g.grade, '级'),
  g.authority, NULL, g.year, g.decided_on, NULL, NULL, NULL, NULL, NULL, 'labour_grades', g.record_key
FROM labour_grades AS g
UNION ALL
SELECT w.record_key, w.uscc, 'C06', 'wage_arrears_listing', 'negative', 'serious', 'listed', w.facts, w.authority, w.decision_no,
  NULL, w.listed_on, least(coalesce(w.removed_on, DATE '9999-12-31'), CAST(w.listed_on + to_months(t.maximum_months) AS DATE)), NULL, NULL,
  CAST(w.listed_on + to_months(t.maximum_months) - INTERVAL 1 DAY AS DATE), CAST(w.listed_on + to_months(t.repair_after_months) AS DATE), 'wage_arrears_listings', w.record_key
FROM wage_arrears_listings AS w JOIN policy_terms AS t ON t.kind = 'wage_arrears_listing'
