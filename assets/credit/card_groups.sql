-- The groups of enterprises in which a model card looks for bias: age today, and size by
-- registered capital in yuan. Both cards read them: the office's and the public one.
SELECT
  uscc,
  coalesce(industry_section, '—') AS industry,
  CASE
    WHEN established_on > $today - INTERVAL 1 YEAR THEN 'age_under_1'
    WHEN established_on > $today - INTERVAL 3 YEAR THEN 'age_1_to_3'
    WHEN established_on > $today - INTERVAL 10 YEAR THEN 'age_3_to_10'
    ELSE 'age_over_10'
  END AS age,
  CASE
    WHEN registered_capital_fen IS NULL THEN 'size_unknown'
    WHEN registered_capital_fen < 100000000 THEN 'size_under_1m'
    WHEN registered_capital_fen < 1000000000 THEN 'size_1m_to_10m'
    WHEN registered_capital_fen < 10000000000 THEN 'size_10m_to_100m'
    ELSE 'size_over_100m'
  END AS size
FROM enterprises
