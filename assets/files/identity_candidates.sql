-- Who a party that waits for review may be: at most five enterprises, with score and reasons.
-- Nothing is joined by a score: the office decides.
WITH waiting AS (
  SELECT party_code, party_name, string_agg(DISTINCT dataset, ' ' ORDER BY dataset) AS datasets,
    MIN(dated_on) AS dated_from, MAX(dated_on) AS dated_to
  FROM identities WHERE joined_by = 'review' GROUP BY party_code, party_name
), borne AS (
  SELECT uscc, name, CAST(NULL AS DATE) AS since, CAST(NULL AS DATE) AS until FROM registrations
  UNION ALL
  SELECT uscc, former_name, lag(changed_on) OVER (PARTITION BY uscc ORDER BY changed_on, former_name), changed_on FROM name_changes
), every AS (
  SELECT party_name AS name FROM waiting UNION SELECT name FROM borne
), spelled AS (
  SELECT name, replace(regexp_replace(translate(upper(name), $wide, $narrow), '\s', '', 'g'), '有限责任公司', '有限公司') AS plain
  FROM every
), stemmed AS (
  SELECT name, plain, regexp_replace(regexp_replace(plain, '^(.{2,3}省)?(.{2,4}?市)?(.{2,3}[区县])?', ''), '(股份)?(有限)?公司.*$', '') AS stem
  FROM spelled
), asked AS MATERIALIZED (
  -- Made first: left to itself the engine holds every name against every other.
  SELECT w.party_code, w.party_name, x.plain, x.stem
  FROM waiting AS w JOIN stemmed AS x ON x.name = w.party_name
), pairs AS (
  SELECT w.party_code, w.party_name, b.uscc FROM waiting AS w JOIN borne AS b ON substr(b.uscc, 10, 9) = right(w.party_code, 9) AND length(w.party_code) = 18
  UNION SELECT w.party_code, w.party_name, b.uscc FROM waiting AS w JOIN borne AS b ON substr(b.uscc, 1, 13) = substr(w.party_code, 1, 13)
  UNION SELECT w.party_code, w.party_name, b.uscc FROM waiting AS w JOIN borne AS b ON substr(b.uscc, 9, 8) = substr(w.party_code, 7, 8) AND length(w.party_code) = 15
  UNION SELECT x.party_code, x.party_name, b.uscc
  FROM asked AS x JOIN stemmed AS y ON left(y.stem, 4) = left(x.stem, 4) AND length(x.stem) > 1
  JOIN borne AS b ON b.name = y.name
  UNION SELECT x.party_code, x.party_name, b.uscc
  FROM asked AS x JOIN stemmed AS y ON y.plain = x.plain JOIN borne AS b ON b.name = y.name
), scored AS (
  SELECT
    p.party_code, p.party_name, p.uscc, b.name AS candidate_name, b.since, b.until,
    CAST(round(1000 * jaro_winkler_similarity(x.plain, y.plain)) AS BIGINT) AS name_score,
    CASE WHEN length(p.party_code) = 18 THEN levenshtein(p.party_code, p.uscc) END AS apart,
    length(p.party_code) = 15 AND substr(p.party_code, 7, 8) = substr(p.uscc, 9, 8) AS same_body,
    x.plain = y.plain AS same_name,
    z.uscc IS NOT NULL AS tenant
  FROM pairs AS p
  JOIN borne AS b USING (uscc)
  JOIN spelled AS x ON x.name = p.party_name
  JOIN spelled AS y ON y.name = b.name
  LEFT JOIN (SELECT DISTINCT uscc FROM tenancies) AS z ON z.uscc = p.uscc
), weighed AS (
  SELECT *, CAST((name_score * 6 + 4 * CASE
    WHEN apart <= 3 THEN 1000 - 200 * apart
    WHEN same_body THEN 900
    ELSE 0
  END) // 10 AS BIGINT) AS score
  FROM scored
), best AS (
  -- Of an enterprise's names the one that fits best.
  SELECT * FROM weighed
  QUALIFY row_number() OVER (PARTITION BY party_code, party_name, uscc ORDER BY score DESC, until NULLS FIRST, candidate_name) = 1
), ranked AS (
  SELECT *, row_number() OVER (PARTITION BY party_code, party_name ORDER BY score DESC, uscc) AS rank
  FROM best WHERE score >= 500
)
SELECT
  w.party_code,
  w.party_name,
  CAST(coalesce(r.rank, 0) AS BIGINT) AS rank,
  w.datasets,
  r.uscc AS candidate_uscc,
  r.candidate_name,
  r.score,
  CASE WHEN r.uscc IS NULL THEN '登记信息中没有相近主体' ELSE concat_ws(
    '；',
    CASE WHEN r.same_name THEN '名称一致' ELSE concat('名称相似度', CAST(r.name_score AS TEXT), '‰') END,
    CASE WHEN r.until IS NOT NULL THEN concat('曾用名，用至', CAST(r.until AS TEXT)) END,
    CASE
      WHEN r.same_name AND r.until < w.dated_to THEN concat('来文日期', CAST(w.dated_to AS TEXT), '在更名之后')
      WHEN r.same_name AND r.since > w.dated_from THEN concat('来文日期', CAST(w.dated_from AS TEXT), '在启用该名称之前')
    END,
    CASE WHEN r.apart = 0 THEN '代码一致' WHEN r.apart <= 3 THEN concat('代码相差', CAST(r.apart AS TEXT), '位') END,
    CASE WHEN r.same_body THEN '组织机构代码主体相同，校验位不符' END,
    CASE WHEN r.apart > 3 THEN '来文代码属于另一主体' END,
    CASE WHEN NOT r.tenant THEN '不在园区租户名册' END
  ) END AS reasons
FROM waiting AS w
LEFT JOIN ranked AS r ON r.party_code = w.party_code AND r.party_name = w.party_name AND r.rank <= 5
