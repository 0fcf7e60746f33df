-- The incentive catalogue in force, with how many enterprises have each (five or more).
WITH taken AS (
  SELECT incentive_code, count(DISTINCT uscc) AS enterprises FROM incentives GROUP BY incentive_code
)
SELECT c.incentive_code, c.title, c.incentive_kind, c.minimum_grade, c.discount_bp, c.cap_fen, c.legal_basis, c.valid_from, c.valid_to,
  CASE WHEN t.enterprises >= 5 THEN CAST(t.enterprises AS BIGINT) END AS beneficiaries
FROM incentive_catalogue AS c LEFT JOIN taken AS t USING (incentive_code)
WHERE c.valid_from <= $today AND (c.valid_to IS NULL OR c.valid_to >= $today)
