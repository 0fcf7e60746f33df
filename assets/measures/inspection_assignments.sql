-- Who inspects: drawn like the enterprises, from the department's inspectors of that day.
WITH ranked AS (
  SELECT
    v.plan_no, v.uscc, t.department, t.inspector_no, r.inspectors_per_visit,
    row_number() OVER (
      PARTITION BY v.plan_no, v.uscc, t.department
      ORDER BY sha256(concat(p.seed, '|', v.plan_no, '|', v.uscc, '|', t.inspector_no)), t.inspector_no
    ) AS place
  FROM inspection_visits AS v
  JOIN inspection_plans AS p USING (plan_no)
  JOIN inspection_staff AS t
    ON list_contains(string_split(v.departments, ';'), t.department)
    AND t.active_from <= p.drawn_on AND (t.active_to IS NULL OR t.active_to > p.drawn_on)
  JOIN policy_inspection_departments AS r ON r.department = t.department
)
SELECT plan_no, uscc, department, inspector_no FROM ranked WHERE place <= inspectors_per_visit
