-- What the standard brought: medians of the four credit-management figures before the
-- enterprise began and today, beside those of enterprises that never began, measured from
-- the middle of the others' beginnings.
WITH stages AS (
  SELECT uscc, MIN(happened_on) FILTER (WHERE value <> 'none') AS begun_on, MAX_BY(value, happened_on) AS stage
  FROM credit_events
  WHERE kind = 'standard' AND happened_on <= $today AND (void_from IS NULL OR void_from > $today)
  GROUP BY uscc
), middle AS (
  SELECT quantile_disc(begun_on, 0.5) AS begun_on FROM stages WHERE stage = 'passed'
), firms AS (
  SELECT 'adopters' AS firm_group, uscc, begun_on FROM stages WHERE stage = 'passed'
  UNION ALL
  SELECT 'others', f.uscc, m.begun_on
  FROM (SELECT DISTINCT uscc FROM credit_figures) AS f CROSS JOIN middle AS m
  WHERE f.uscc NOT IN (SELECT uscc FROM stages WHERE begun_on IS NOT NULL)
), before AS (
  SELECT f.firm_group, f.uscc, MAX(c.evaluated_on) AS evaluated_on
  FROM firms AS f JOIN credit_figures AS c ON c.uscc = f.uscc AND c.evaluated_on <= f.begun_on
  GROUP BY f.firm_group, f.uscc
), pairs AS (
  SELECT b.firm_group, b.uscc, o.sales_growth_bp AS growth0, n.sales_growth_bp AS growth1,
    o.credit_sales_share_bp AS share0, n.credit_sales_share_bp AS share1,
    o.dso_centidays AS dso0, n.dso_centidays AS dso1, o.turnover_bp AS turnover0, n.turnover_bp AS turnover1
  FROM before AS b
  JOIN credit_figures AS o ON o.uscc = b.uscc AND o.evaluated_on = b.evaluated_on
  JOIN credit_figures AS n ON n.uscc = b.uscc AND n.evaluated_on = $today
), long AS (
  SELECT firm_group, uscc, 'sales_growth_bp' AS figure, growth0 AS value0, growth1 AS value1 FROM pairs
  UNION ALL SELECT firm_group, uscc, 'credit_sales_share_bp', share0, share1 FROM pairs
  UNION ALL SELECT firm_group, uscc, 'dso_centidays', dso0, dso1 FROM pairs
  UNION ALL SELECT firm_group, uscc, 'turnover_bp', turnover0, turnover1 FROM pairs
)
SELECT firm_group, figure, CAST(count(*) AS BIGINT) AS enterprises,
  CAST(quantile_disc(value0, 0.5) AS BIGINT) AS median_before,
  CAST(quantile_disc(value1, 0.5) AS BIGINT) AS median_after
FROM long WHERE value0 IS NOT NULL AND value1 IS NOT NULL
GROUP BY firm_group, figure
