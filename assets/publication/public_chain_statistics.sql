-- Enterprises of the park by industrial chain and grade today; cells below five are not
-- published, and nothing says who supplies whom.
WITH members AS (
  SELECT chain, supplier_uscc AS uscc FROM supply_links WHERE until IS NULL OR until >= $today
  UNION
  SELECT chain, customer_uscc AS uscc FROM supply_links WHERE until IS NULL OR until >= $today
)
SELECT m.chain, coalesce(g.letter, 'N') AS letter, CAST(count(*) AS BIGINT) AS enterprises
FROM members AS m
JOIN grades AS g ON g.uscc = m.uscc
WHERE g.evaluated_on = $today
GROUP BY m.chain, coalesce(g.letter, 'N') HAVING count(*) >= 5
