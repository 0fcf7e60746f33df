-- How grades spread over kinds of enterprises on a day: the look for bias against young,
-- small or certain industries' enterprises. Groups below five are not shown apart.
WITH graded AS (
  SELECT
    g.uscc,
    CASE WHEN g.state = 'graded' THEN g.letter ELSE g.state END AS standing,
    g.score_points,
    e.industry,
    CASE e.age
      WHEN 'age_under_1' THEN '1 <1 年 years'
      WHEN 'age_1_to_3' THEN '2 1-3 年 years'
      WHEN 'age_3_to_10' THEN '3 3-10 年 years'
      ELSE '4 ≥10 年 years'
    END AS age,
    CASE e.size
      WHEN 'size_unknown' THEN '5 不详 unknown'
      WHEN 'size_under_1m' THEN '1 <100 万元'
      WHEN 'size_1m_to_10m' THEN '2 100-1000 万元'
      WHEN 'size_10m_to_100m' THEN '3 1000-10000 万元'
      ELSE '4 ≥1 亿元'
    END AS size
  FROM computed_grades AS g JOIN card_groups AS e USING (uscc)
  WHERE g.evaluated_on = $today
), faceted AS (
  SELECT 'all' AS facet, '全部 all' AS member, * EXCLUDE (industry, age, size) FROM graded
  UNION ALL SELECT 'industry', industry, * EXCLUDE (industry, age, size) FROM graded
  UNION ALL SELECT 'age', age, * EXCLUDE (industry, age, size) FROM graded
  UNION ALL SELECT 'size', size, * EXCLUDE (industry, age, size) FROM graded
), counted AS (
  SELECT facet, member, count(*) OVER (PARTITION BY facet, member) AS members, standing, score_points
  FROM faceted
)
SELECT
  facet,
  CASE WHEN members < 5 THEN '其他（不足5家） fewer than five' ELSE member END AS member,
  count(*) AS enterprises,
  count(*) FILTER (standing = 'A') AS a,
  count(*) FILTER (standing = 'B') AS b,
  count(*) FILTER (standing = 'C') AS c,
  count(*) FILTER (standing = 'attention') AS attention,
  count(*) FILTER (standing = 'D') AS d,
  count(*) FILTER (standing = 'not_graded') AS not_graded,
  CAST(quantile_disc(score_points, 0.5) AS BIGINT) AS median_score
FROM counted
GROUP BY ALL
ORDER BY facet, member
