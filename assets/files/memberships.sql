-- Who is graded on which evaluation date: enterprises established by then, not
-- deregistered by then, and in the park on that date by a lease (or, where the source has
-- no leases, by the written address). Consent counts while the lease it came with runs.
WITH leases AS (
  SELECT t.uscc, d.evaluated_on, MAX(t.consent_no) AS consent_no
  FROM tenancies AS t
  JOIN evaluations AS d
    ON t.lease_from <= d.evaluated_on
    AND (t.lease_to IS NULL OR t.lease_to >= d.evaluated_on)
  GROUP BY t.uscc, d.evaluated_on
)
SELECT
  r.uscc,
  d.evaluated_on,
  r.established_on,
  substr(r.industry_code, 1, 1) AS industry_section,
  l.consent_no IS NOT NULL AS consented
FROM registrations AS r
JOIN evaluations AS d -- one row a date
  ON r.established_on <= d.evaluated_on
  AND (r.deregistered_on IS NULL OR r.deregistered_on > d.evaluated_on)
LEFT JOIN leases AS l ON l.uscc = r.uscc AND l.evaluated_on = d.evaluated_on
WHERE
  l.uscc IS NOT NULL
  OR ($by_address AND coalesce(regexp_matches(r.domicile, $address_pattern), FALSE))
ORDER BY r.uscc, d.evaluated_on
