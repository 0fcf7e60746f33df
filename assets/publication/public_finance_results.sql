-- What credit bought, as sums of five enterprises or more of whom none dominates.
SELECT year, letter, enterprises, applied,
  CASE WHEN borrowers >= 5 THEN granted END AS granted,
  CASE WHEN borrowers >= 5 AND largest_fen * 10 < granted_fen * 6 THEN granted_fen END AS granted_fen,
  CASE WHEN borrowers >= 5 THEN average_rate_bp END AS average_rate_bp,
  CASE WHEN defaulted = 0 OR defaulted >= 5 THEN defaulted END AS defaulted
FROM finance_results WHERE enterprises >= 5
