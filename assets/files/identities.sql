-- How every written party code was joined to a registered enterprise.
-- A decision of the office comes first. Then the code itself; an old 15-digit registration
-- number; the organisation code inside an old 15-character taxpayer number (its characters
-- 7-15 are characters 9-17 of the social credit code); the exact name, where one enterprise
-- alone bears it now or bore it before and is of the zone. The rest waits for review.
WITH written AS (
  SELECT DISTINCT dataset, party_code, party_name FROM (
    SELECT 'tax_credit_grades' AS dataset, taxpayer_id AS party_code, party_name FROM tax_credit_grades
    UNION ALL SELECT 'tax_arrears', taxpayer_id, party_name FROM tax_arrears
    UNION ALL SELECT 'serious_tax_cases', taxpayer_id, party_name FROM serious_tax_cases
    UNION ALL SELECT 'financial_statements', taxpayer_id, party_name FROM financial_statements
    UNION ALL SELECT 'permits', uscc, party_name FROM permits
    UNION ALL SELECT 'penalties', uscc, party_name FROM penalties
    UNION ALL SELECT 'abnormal_listings', uscc, party_name FROM abnormal_listings
    UNION ALL SELECT 'serious_listings', uscc, party_name FROM serious_listings
    UNION ALL SELECT 'inspection_results', uscc, party_name FROM inspection_results
    UNION ALL SELECT 'annual_reports', uscc, party_name FROM annual_reports
    UNION ALL SELECT 'social_contributions', uscc, party_name FROM social_contributions
    UNION ALL SELECT 'labour_grades', uscc, party_name FROM labour_grades
    UNION ALL SELECT 'wage_arrears_listings', uscc, party_name FROM wage_arrears_listings
    UNION ALL SELECT 'tenancies', uscc, party_name FROM tenancies
    UNION ALL SELECT 'fee_payments', uscc, party_name FROM fee_payments
    UNION ALL SELECT 'commitments', uscc, party_name FROM commitments
    UNION ALL SELECT 'safety_checks', uscc, party_name FROM safety_checks
    UNION ALL SELECT 'site_visits', uscc, party_name FROM site_visits
    UNION ALL SELECT 'qualifications', uscc, party_name FROM qualifications
    UNION ALL SELECT 'honours', uscc, party_name FROM honours
    UNION ALL SELECT 'standard_status', uscc, party_name FROM standard_status
    UNION ALL SELECT 'credit_managers', uscc, party_name FROM credit_managers
    UNION ALL SELECT 'standard_clauses', uscc, party_name FROM standard_clauses
    UNION ALL SELECT 'bank_feedback', uscc, party_name FROM bank_feedback
    UNION ALL SELECT 'policy_applications', uscc, party_name FROM policy_applications
    UNION ALL SELECT 'honour_objections', uscc, party_name FROM honour_objections
  ) AS parties
), spelled AS (
  -- Full width, blanks, kinds of brackets and the long company form are ways of writing.
  SELECT name, replace(regexp_replace(translate(upper(name), $wide, $narrow), '\s', '', 'g'), '有限责任公司', '有限公司') AS plain
  FROM (
    SELECT party_name AS name FROM written
    UNION SELECT name FROM registrations UNION SELECT former_name FROM name_changes
  ) AS every
), organisation_codes AS (
  SELECT substr(uscc, 9, 9) AS organisation_code, MIN(uscc) AS uscc
  FROM registrations GROUP BY substr(uscc, 9, 9) HAVING count(*) = 1
), registration_numbers AS (
  SELECT registration_no, MIN(uscc) AS uscc FROM registrations
  WHERE regexp_full_match(registration_no, '[0-9]{15}')
    -- ISO 7064 MOD 11,10 over all fifteen digits leaves 1.
    AND (list_reduce(
      list_prepend(10, list_transform(string_split(substr(registration_no, 1, 14), ''), lambda d: CAST(d AS INT))),
      lambda p, d: CASE WHEN (p + d) % 10 = 0 THEN 10 ELSE (p + d) % 10 END * 2 % 11
    ) + CAST(substr(registration_no, 15, 1) AS INT)) % 10 = 1
  GROUP BY registration_no HAVING count(*) = 1
), names AS (
  -- One enterprise alone, anywhere, bears the name or bore it; and it is of the zone.
  SELECT s.plain, MIN(b.uscc) AS uscc FROM (
    SELECT name, uscc FROM registrations UNION SELECT former_name, uscc FROM name_changes
  ) AS b JOIN spelled AS s USING (name) GROUP BY s.plain HAVING count(DISTINCT b.uscc) = 1
), zone AS (
  SELECT uscc FROM tenancies
  UNION SELECT uscc FROM registrations WHERE $by_address AND coalesce(regexp_matches(domicile, $address_pattern), FALSE)
)
SELECT
  w.dataset,
  w.party_code,
  w.party_name,
  CASE WHEN d.kind IS NOT NULL THEN d.uscc ELSE coalesce(r.uscc, g.uscc, o.uscc, z.uscc) END AS uscc,
  CASE
    WHEN d.kind IS NOT NULL THEN 'decision'
    WHEN r.uscc IS NOT NULL THEN 'code'
    WHEN g.uscc IS NOT NULL THEN 'registration_no'
    WHEN o.uscc IS NOT NULL THEN 'bridge'
    WHEN z.uscc IS NOT NULL THEN 'name'
    ELSE 'review'
  END AS joined_by
FROM written AS w
JOIN spelled AS s ON s.name = w.party_name
LEFT JOIN identity_decisions AS d
  ON d.dataset = w.dataset AND d.party_code = w.party_code AND d.party_name = w.party_name
LEFT JOIN registrations AS r ON r.uscc = w.party_code
LEFT JOIN registration_numbers AS g ON g.registration_no = w.party_code
LEFT JOIN organisation_codes AS o
  ON length(w.party_code) = 15 AND o.organisation_code = substr(w.party_code, 7, 9)
-- A name never overrules a valid 18-character code: that is another enterprise.
LEFT JOIN names AS n ON length(w.party_code) <> 18 AND n.plain = s.plain
LEFT JOIN zone AS z ON z.uscc = n.uscc
