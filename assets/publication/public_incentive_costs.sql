-- What the incentives cost per month; no sum of fewer than five, none that one dominates.
SELECT month, incentive_kind, enterprises,
  CASE WHEN largest_fen * 10 < granted_fen * 6 THEN granted_fen END AS granted_fen,
  CASE WHEN largest_fen * 10 < granted_fen * 6 THEN year_granted_fen END AS year_granted_fen,
  budget_fen
FROM incentive_costs
WHERE enterprises >= 5
