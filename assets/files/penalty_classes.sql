-- The class of every penalty: the gravest class among its kinds and amounts, by the line of
-- the severity table that held on the day of the decision, one for its authority before
-- one for all; what no line holds for, or a fine without an amount, counts as general.
WITH kinds AS (
  SELECT record_key, authority_uscc, decided_on, fine_fen,
    unnest(string_split(penalty_kinds, ';')) AS penalty_kind
  FROM penalties
), classed AS (
  SELECT k.record_key, s.severity
  FROM kinds AS k
  LEFT JOIN policy_severity AS s
    ON s.penalty_kind = k.penalty_kind
    AND (s.authority_uscc IS NULL OR s.authority_uscc = k.authority_uscc)
    AND s.valid_from <= k.decided_on AND (s.valid_to IS NULL OR s.valid_to > k.decided_on)
    AND (s.amount_from_fen IS NULL OR k.fine_fen >= s.amount_from_fen)
    AND (s.amount_below_fen IS NULL OR k.fine_fen < s.amount_below_fen)
  QUALIFY row_number() OVER (PARTITION BY k.record_key, k.penalty_kind ORDER BY s.authority_uscc IS NULL) = 1
), ranked AS (
  SELECT record_key, MAX(CASE severity WHEN 'serious' THEN 3 WHEN 'minor' THEN 1 ELSE 2 END) AS severity_rank
  FROM classed GROUP BY record_key
)
SELECT
  r.record_key,
  p.severity,
  p.published,
  CASE WHEN NOT coalesce(x.longest, FALSE) THEN CAST(n.decided_on + to_months(p.minimum_months) AS DATE) END AS repairable_from,
  -- The maximum runs from the decision; the agency ends publicity earlier when the penalty
  -- is repaired, unless the promise of that repair was broken. From the first day after
  -- it, the penalty no longer counts either.
  CAST(least(n.decided_on + to_months(p.maximum_months), coalesce(CASE WHEN NOT coalesce(x.longest, FALSE) THEN n.publicity_to + INTERVAL 1 DAY END, DATE '9999-12-31')) AS DATE) AS counts_until,
  CAST(least(n.decided_on + to_months(p.maximum_months) - INTERVAL 1 DAY, coalesce(CASE WHEN NOT coalesce(x.longest, FALSE) THEN n.publicity_to END, DATE '9999-12-31')) AS DATE) AS publish_until
FROM ranked AS r
JOIN penalties AS n USING (record_key)
LEFT JOIN case_voids AS x ON x.record_id = r.record_key
JOIN policy_publicity AS p
  ON p.severity = CASE r.severity_rank WHEN 3 THEN 'serious' WHEN 1 THEN 'minor' ELSE 'general' END
