-- What every warning rule says of every subject at every evaluation where it fires.
-- Counting rules come whole from the policy file: kind, values, window, limit.
WITH rules AS (SELECT * FROM policy_warning_rules),
counted AS (
  SELECT r.rule_id, v.uscc AS subject, e.evaluated_on, CAST(count(*) AS BIGINT) AS value, CAST(NULL AS TEXT) AS path
  FROM rules AS r
  JOIN evaluations AS e ON TRUE
  JOIN credit_events AS v
    ON v.kind = r.event_kind AND v.happened_on <= e.evaluated_on
    AND v.happened_on > e.evaluated_on - to_months(r.window_months)
    AND (r.event_values IS NULL OR list_contains(string_split(r.event_values, ';'), v.value))
    -- What was revoked, repaired or is contested warns of nothing.
    AND NOT (v.kind = 'penalty' AND v.ended_on IS NOT NULL AND v.ended_on <= v.happened_on)
    AND (v.void_from IS NULL OR v.void_from > e.evaluated_on)
  WHERE r.method = 'count'
  GROUP BY r.rule_id, v.uscc, e.evaluated_on
), insured AS (
  SELECT
    r.rule_id, v.uscc AS subject, e.evaluated_on,
    sum(CASE WHEN v.happened_on > e.evaluated_on - to_months(r.window_months) THEN v.quantity END) AS now_sum,
    count(CASE WHEN v.happened_on > e.evaluated_on - to_months(r.window_months) THEN 1 END) AS now_months,
    sum(CASE WHEN v.happened_on <= e.evaluated_on - to_months(r.window_months) THEN v.quantity END) AS then_sum,
    count(CASE WHEN v.happened_on <= e.evaluated_on - to_months(r.window_months) THEN 1 END) AS then_months
  FROM rules AS r
  JOIN evaluations AS e ON TRUE
  JOIN credit_events AS v
    ON v.kind = r.event_kind AND v.quantity IS NOT NULL AND v.happened_on <= e.evaluated_on
    AND v.happened_on > e.evaluated_on - to_months(2 * r.window_months)
  WHERE r.method = 'insured'
  GROUP BY r.rule_id, v.uscc, e.evaluated_on
), falling AS (
  SELECT rule_id, subject, evaluated_on,
    CAST(((then_sum * now_months - now_sum * then_months) * 10000) // (then_sum * now_months) AS BIGINT) AS value, CAST(NULL AS TEXT) AS path
  FROM insured WHERE now_months > 0 AND then_months > 0 AND then_sum * now_months > now_sum * then_months
), dso AS (
  SELECT r.rule_id, n.uscc AS subject, n.evaluated_on,
    CAST(((n.dso_centidays - b.dso_centidays) * 10000) // b.dso_centidays AS BIGINT) AS value, CAST(NULL AS TEXT) AS path
  FROM rules AS r
  JOIN credit_figures AS n ON r.method = 'dso'
  JOIN credit_figures AS b
    ON b.uscc = n.uscc AND b.evaluated_on = last_day(CAST(n.evaluated_on - to_months(r.window_months) AS DATE))
  WHERE b.dso_centidays > 0 AND n.dso_centidays > b.dso_centidays
), sales AS (
  SELECT r.rule_id, n.uscc AS subject, n.evaluated_on, -n.sales_growth_bp AS value, CAST(NULL AS TEXT) AS path
  FROM rules AS r JOIN credit_figures AS n ON r.method = 'sales'
  WHERE n.sales_growth_bp < 0
), permits_lost AS (
  SELECT r.rule_id, v.uscc AS subject, e.evaluated_on, CAST(count(DISTINCT v.title) AS BIGINT) AS value, CAST(NULL AS TEXT) AS path
  FROM rules AS r
  JOIN evaluations AS e ON TRUE
  JOIN credit_events AS v
    ON v.kind = r.event_kind AND v.ended_on <= e.evaluated_on AND v.ended_on > e.evaluated_on - to_months(r.window_months)
    AND (v.void_from IS NULL OR v.void_from > e.evaluated_on)
  LEFT JOIN credit_events AS k
    ON k.uscc = v.uscc AND k.kind = v.kind AND k.title = v.title AND k.happened_on <= e.evaluated_on
    -- No OR here: beside one, every licence would be held against every other.
    AND coalesce(k.ended_on, DATE '9999-12-31') > e.evaluated_on
  WHERE r.method = 'permits' AND k.event_id IS NULL
  GROUP BY r.rule_id, v.uscc, e.evaluated_on
), links AS (
  SELECT e.evaluated_on, l.supplier_uscc, l.customer_uscc
  FROM evaluations AS e
  JOIN supply_links AS l
    ON (l.since IS NULL OR l.since <= e.evaluated_on) AND (l.until IS NULL OR l.until > e.evaluated_on)
), sides AS (
  SELECT 'suppliers' AS method, evaluated_on, customer_uscc AS subject, supplier_uscc AS partner FROM links
  UNION ALL SELECT 'customers', evaluated_on, supplier_uscc, customer_uscc FROM links
), neighbours AS (
  SELECT DISTINCT evaluated_on, subject, partner FROM sides
), troubled AS (
  SELECT g.evaluated_on, g.uscc, g.letter, n.name
  FROM grades AS g JOIN enterprises AS n USING (uscc)
  WHERE g.letter IN ('C', 'D')
), direct AS (
  SELECT
    r.rule_id, s.subject, s.evaluated_on,
    CAST((count(t.uscc) * 10000) // count(*) AS BIGINT) AS value,
    string_agg(CASE WHEN t.uscc IS NOT NULL THEN concat(t.name, '（', t.letter, '）→ 本企业') END, '；' ORDER BY t.uscc) AS path
  FROM rules AS r
  JOIN sides AS s ON s.method = r.method
  LEFT JOIN troubled AS t ON t.evaluated_on = s.evaluated_on AND t.uscc = s.partner
  GROUP BY r.rule_id, s.subject, s.evaluated_on
  HAVING count(t.uscc) > 0
), beside AS MATERIALIZED (
  -- Made first: left to itself the engine holds all links of a day against all the troubled.
  SELECT b.evaluated_on, b.subject AS middle, t.uscc AS source, t.name, t.letter
  FROM neighbours AS b
  JOIN troubled AS t ON t.evaluated_on = b.evaluated_on AND t.uscc = b.partner AND t.letter = 'D'
), ways AS (
  -- One way to each enterprise two links off that is no neighbour itself.
  SELECT
    a.evaluated_on, a.subject, t.source,
    MIN(concat(t.name, '（', t.letter, '）→ ', m.name, ' → 本企业')) AS path
  FROM neighbours AS a
  JOIN beside AS t ON t.evaluated_on = a.evaluated_on AND t.middle = a.partner AND t.source <> a.subject
  JOIN enterprises AS m ON m.uscc = a.partner
  LEFT JOIN neighbours AS k ON k.evaluated_on = a.evaluated_on AND k.subject = a.subject AND k.partner = t.source
  WHERE k.partner IS NULL
  GROUP BY a.evaluated_on, a.subject, t.source
), second_tier AS (
  SELECT r.rule_id, w.subject, w.evaluated_on, CAST(count(*) AS BIGINT) AS value, string_agg(w.path, '；' ORDER BY w.source) AS path
  FROM rules AS r JOIN ways AS w ON r.method = 'second_tier'
  GROUP BY r.rule_id, w.subject, w.evaluated_on
), areas AS (
  SELECT 'building' AS method, uscc, building AS subject FROM enterprises WHERE building IS NOT NULL
  UNION ALL SELECT 'industry', uscc, industry_section FROM enterprises WHERE industry_section IS NOT NULL
), area AS (
  SELECT
    r.rule_id, a.subject, g.evaluated_on,
    CAST((count(CASE WHEN g.letter IN ('C', 'D') THEN 1 END) * 10000) // count(*) AS BIGINT) AS value, CAST(NULL AS TEXT) AS path
  FROM rules AS r
  JOIN areas AS a ON a.method = r.method
  JOIN grades AS g ON g.uscc = a.uscc AND g.state = 'graded'
  GROUP BY r.rule_id, a.subject, g.evaluated_on
  HAVING count(*) >= 5
), found AS (
  SELECT * FROM counted
  UNION ALL SELECT * FROM falling
  UNION ALL SELECT * FROM dso
  UNION ALL SELECT * FROM sales
  UNION ALL SELECT * FROM permits_lost
  UNION ALL SELECT * FROM direct
  UNION ALL SELECT * FROM second_tier
  UNION ALL SELECT * FROM area
)
SELECT r.level, f.rule_id, f.subject, f.evaluated_on, f.value, f.path
FROM found AS f
JOIN rules AS r ON r.rule_id = f.rule_id AND f.value >= r.limit_value
-- Only of those in the park, as the grades are; areas have no grade of their own.
LEFT JOIN grades AS g ON g.uscc = f.subject AND g.evaluated_on = f.evaluated_on
WHERE r.level = 'area' OR g.uscc IS NOT NULL
ORDER BY f.subject, f.rule_id, f.evaluated_on
