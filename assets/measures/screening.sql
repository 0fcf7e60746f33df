-- 信用+招商: each candidate against the register, the public records and the chains.
-- By code, else by the exact name borne now or before; what is only similar is a question
-- to the reader and shows no records. Only published facts, never a grade.
WITH borne AS (
  SELECT uscc, translate(name, '()', '（）') AS name, FALSE AS former FROM registrations
  UNION ALL SELECT uscc, translate(former_name, '()', '（）'), TRUE FROM name_changes
), sole AS (
  SELECT name, MIN(uscc) AS uscc, bool_and(former) AS former FROM borne GROUP BY name HAVING count(DISTINCT uscc) = 1
), similar AS (
  SELECT c.row_no, b.uscc
  FROM screening_candidates AS c
  JOIN borne AS b ON jaro_winkler_similarity(translate(c.name, '()', '（）'), b.name) >= 0.93
  WHERE c.name IS NOT NULL AND c.uscc IS NULL
  QUALIFY row_number() OVER (PARTITION BY c.row_no ORDER BY jaro_winkler_similarity(translate(c.name, '()', '（）'), b.name) DESC, b.uscc) = 1
), matched AS (
  SELECT
    c.row_no, c.name AS given_name, c.uscc AS given_uscc, coalesce(r.uscc, s.uscc, l.uscc) AS uscc,
    CASE
      WHEN r.uscc IS NOT NULL THEN 'code'
      WHEN s.uscc IS NOT NULL THEN CASE WHEN s.former THEN 'former_name' ELSE 'name' END
      WHEN l.uscc IS NOT NULL THEN 'similar'
      ELSE 'none'
    END AS matched_by
  FROM screening_candidates AS c
  LEFT JOIN registrations AS r ON r.uscc = c.uscc
  -- A name never overrules a code: that is another enterprise.
  LEFT JOIN sole AS s ON c.uscc IS NULL AND s.name = translate(c.name, '()', '（）')
  LEFT JOIN similar AS l ON l.row_no = c.row_no AND s.uscc IS NULL
), sure AS (
  SELECT m.*, e.name, e.status, e.industry_code, e.in_park
  FROM matched AS m JOIN enterprises AS e ON e.uscc = m.uscc AND m.matched_by <> 'similar'
), adverse AS (
  SELECT uscc, 3 AS weight, concat('列入', k.zh, '：', l.reason) AS reason
  FROM public_listings AS l JOIN codes AS k ON k.list = 'event_kind' AND k.code = l.listing WHERE l.listing <> 'abnormal_listing'
  UNION ALL SELECT uscc, 2, concat('列入经营异常名录：', reason) FROM public_listings WHERE listing = 'abnormal_listing'
  UNION ALL SELECT uscc, MAX(CASE severity WHEN 'serious' THEN 3 ELSE 2 END), concat('公示期内行政处罚', CAST(count(*) AS TEXT), '条') FROM public_penalties GROUP BY uscc
  UNION ALL SELECT uscc, 2, concat('欠税公告', CAST(count(*) AS TEXT), '条') FROM public_tax_arrears GROUP BY uscc
  UNION ALL SELECT uscc, 3, concat('登记状态：', k.zh) FROM sure JOIN codes AS k ON k.list = 'enterprise_status' AND k.code = status WHERE status IN ('deregistered', 'revoked')
), weighed AS (
  SELECT uscc, MAX(weight) AS weight, string_agg(DISTINCT reason, '；' ORDER BY reason) AS reasons FROM adverse GROUP BY uscc
), partners AS (
  SELECT l.uscc, count(DISTINCT l.partner) AS number, string_agg(DISTINCT concat(e.name, '（', l.side, '）'), '；' ORDER BY concat(e.name, '（', l.side, '）')) AS names
  FROM (
    SELECT supplier_uscc AS uscc, customer_uscc AS partner, '客户' AS side FROM supply_links WHERE until IS NULL OR until > $today
    UNION ALL SELECT customer_uscc, supplier_uscc, '供应商' FROM supply_links WHERE until IS NULL OR until > $today
  ) AS l JOIN enterprises AS e ON e.uscc = l.partner AND e.in_park
  GROUP BY l.uscc
), present AS (
  SELECT s.chain, s.segment, s.industry_prefix, s.wanted, count(e.uscc) AS number
  FROM policy_chain_segments AS s
  LEFT JOIN enterprises AS e ON e.in_park AND starts_with(e.industry_code, s.industry_prefix)
  GROUP BY s.chain, s.segment, s.industry_prefix, s.wanted
)
SELECT
  m.row_no, m.given_name, m.given_uscc, m.matched_by, m.uscc, coalesce(s.name, b.name) AS name,
  CASE
    WHEN m.matched_by = 'none' THEN 'unknown'
    WHEN m.matched_by = 'similar' THEN 'confirm'
    WHEN w.weight = 3 THEN 'serious'
    WHEN w.weight = 2 THEN 'attention'
    ELSE 'clear'
  END AS verdict,
  CASE
    WHEN m.matched_by = 'none' THEN '未查到登记信息，请核对名称与代码，并查询“信用中国”'
    WHEN m.matched_by = 'similar' THEN '名称近似，请确认是否同一企业后再筛查'
    ELSE coalesce(w.reasons, '公示期内未查到失信信息')
  END AS reasons,
  coalesce(s.in_park, FALSE) AS in_park,
  coalesce(t.number, 0) AS partners, t.names AS partner_names,
  p.chain, p.segment, coalesce(p.number < p.wanted, FALSE) AS fills_gap,
  CASE WHEN p.segment IS NOT NULL THEN concat(p.chain, '·', p.segment, '：园区现有', CAST(p.number AS TEXT), '家，目标', CAST(p.wanted AS TEXT), '家') END AS gap
FROM matched AS m
LEFT JOIN sure AS s ON s.row_no = m.row_no
LEFT JOIN registrations AS b ON b.uscc = m.uscc
LEFT JOIN weighed AS w ON w.uscc = s.uscc
LEFT JOIN partners AS t ON t.uscc = s.uscc
LEFT JOIN present AS p ON starts_with(s.industry_code, p.industry_prefix)
ORDER BY m.row_no
