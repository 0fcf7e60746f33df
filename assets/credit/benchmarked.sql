-- The affected, and everybody whose industry has another benchmark on a pinned date.
WITH changed AS (
  SELECT evaluated_on, industry_section
  FROM (
    (SELECT * FROM industry_benchmarks EXCEPT ALL SELECT * FROM benchmarks_before)
    UNION ALL
    (SELECT * FROM benchmarks_before EXCEPT ALL SELECT * FROM industry_benchmarks)
  ) AS differing
  WHERE evaluated_on IN (SELECT evaluated_on FROM pinned_dates)
)
SELECT uscc FROM affected
UNION
SELECT m.uscc FROM memberships AS m JOIN changed USING (evaluated_on, industry_section)
