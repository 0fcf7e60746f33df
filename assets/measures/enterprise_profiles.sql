-- Life-cycle stage and size of every enterprise in the park, from its age, its insured
-- persons and the revenue of its last four quarters. Unknown figures give no size.
WITH staff AS (
  SELECT uscc, MAX_BY(quantity, happened_on) AS insured FROM credit_events
  WHERE kind = 'contribution' AND quantity IS NOT NULL AND happened_on <= $today
    AND (void_from IS NULL OR void_from > $today)
  GROUP BY uscc
), revenue AS (
  SELECT uscc, CAST(sum(revenue_fen) AS BIGINT) AS revenue_fen FROM (
    SELECT uscc, revenue_fen FROM financials
    WHERE quarter_end <= $today AND quarter_end > $today - to_months(18) AND revenue_fen IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY uscc ORDER BY quarter_end DESC) <= 4
  ) AS q GROUP BY uscc HAVING count(*) = 4
), sized AS (
  SELECT e.uscc, z.size
  FROM enterprises AS e
  JOIN staff AS s ON s.uscc = e.uscc
  JOIN revenue AS r ON r.uscc = e.uscc
  JOIN policy_enterprise_sizes AS z
    ON list_contains(string_split(z.sections, ';'), e.industry_section)
    AND s.insured >= z.staff_from AND r.revenue_fen >= z.revenue_from_fen
  QUALIFY row_number() OVER (PARTITION BY e.uscc ORDER BY z.place) = 1
)
SELECT e.uscc, e.industry_section, l.stage, z.size, s.insured, r.revenue_fen,
  -- Full months: date_diff counts the firsts of a month that were passed.
  CAST(date_diff('month', e.established_on, $today) - CASE WHEN day(e.established_on) > day($today) THEN 1 ELSE 0 END AS BIGINT) AS age_months
FROM enterprises AS e
LEFT JOIN policy_life_stages AS l
  ON e.established_on <= $today - to_months(l.from_months)
  AND (l.below_months IS NULL OR e.established_on > $today - to_months(l.below_months))
LEFT JOIN sized AS z ON z.uscc = e.uscc
LEFT JOIN staff AS s ON s.uscc = e.uscc
LEFT JOIN revenue AS r ON r.uscc = e.uscc
WHERE e.in_park AND coalesce(e.status, 'active') <> 'deregistered'
