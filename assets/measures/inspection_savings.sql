-- How much trouble was saved, by grade: visits per year and 100 enterprises.
SELECT
  coalesce(letter, 'N') AS letter,
  CAST(count(*) AS BIGINT) AS enterprises,
  CAST(count(*) FILTER (WHERE exempt) AS BIGINT) AS exempt,
  CAST(sum(before_bp) // (count(*) * 100) AS BIGINT) AS before_per_hundred,
  CAST(sum(after_bp) // (count(*) * 100) AS BIGINT) AS after_per_hundred,
  CAST(sum(after_ordinary_bp) // (count(*) * 100) AS BIGINT) AS ordinary_per_hundred
FROM inspection_loads
GROUP BY coalesce(letter, 'N')
