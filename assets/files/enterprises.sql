-- One row per registered enterprise, with its park membership on the evaluation date.
-- Membership comes from a tenancy that is open today (or, where the source has no
-- tenancies, from the written address), never from the division inside the code.
WITH former AS (
  SELECT uscc, string_agg(former_name, '；' ORDER BY changed_on) AS former_names
  FROM name_changes GROUP BY uscc
), tenancy AS (
  SELECT
    uscc,
    MIN(lease_from) AS tenant_since,
    MAX_BY(building, lease_from) AS building,
    MAX(CASE WHEN lease_from <= $today AND (lease_to IS NULL OR lease_to >= $today) THEN consent_no END) AS consent_no,
    MAX(CASE WHEN lease_from <= $today AND (lease_to IS NULL OR lease_to >= $today) THEN 1 ELSE 0 END) AS is_open
  FROM tenancies GROUP BY uscc
)
SELECT
  r.uscc,
  r.name,
  f.former_names,
  r.enterprise_type,
  r.status,
  r.established_on,
  r.legal_representative,
  r.registered_capital_fen,
  r.domicile,
  r.division_code,
  r.industry_code,
  substr(r.industry_code, 1, 1) AS industry_section,
  r.business_scope,
  r.authority,
  r.deregistered_on,
  coalesce(t.is_open = 1, FALSE) OR ($by_address AND coalesce(regexp_matches(r.domicile, $address_pattern), FALSE)) AS in_park,
  t.building,
  t.tenant_since,
  t.consent_no IS NOT NULL AS consented,
  r.record_key,
  r.received_on
FROM registrations AS r
LEFT JOIN former AS f USING (uscc)
LEFT JOIN tenancy AS t USING (uscc)
