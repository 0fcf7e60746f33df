-- The measured part of the model card: grades in force by age and size of the enterprise
-- today, and how many letters kept from month end to month end. The look for bias against
-- young or small enterprises; cells below five are not published.
WITH graded AS (
  SELECT coalesce(g.letter, 'N') AS standing, e.age, e.size
  FROM grades AS g JOIN card_groups AS e USING (uscc)
  WHERE g.evaluated_on = $today
), told AS (
  SELECT 'age' AS facet, age AS member, standing FROM graded
  UNION ALL
  SELECT 'size', size, standing FROM graded
  UNION ALL
  SELECT 'stability', CAST(evaluated_on AS TEXT), standing
  FROM card_steps
  WHERE evaluated_on > $today - INTERVAL 13 MONTH
)
SELECT facet, member, standing, CAST(count(*) AS BIGINT) AS enterprises
FROM told GROUP BY facet, member, standing HAVING count(*) >= 5
