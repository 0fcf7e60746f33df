-- How every written party code was joined to a registered enterprise.
-- A decision of the office comes first. Then the code itself; an old 15-digit registration
-- number; the organisation code inside an old 15-character taxpayer number (its characters
-- 7-15 are characters 9-17 of the social credit code); the exact name, where one enterprise
-- alone bears it now or bore it before and is of the zone. A former name counts for documents
-- of its time only, where their day is known. The rest waits for review.
WITH written AS (
  -- Where the code is whole no name is looked at, and the day does not matter.
  SELECT DISTINCT dataset, party_code, party_name, CASE WHEN length(party_code) <> 18 THEN dated_on END AS dated_on FROM (
    SELECT 'tax_credit_grades' AS dataset, taxpayer_id AS party_code, party_name, decided_on AS dated_on FROM tax_credit_grades
    UNION ALL SELECT 'tax_arrears', taxpayer_id, party_name, announced_on FROM tax_arrears
    UNION ALL SELECT 'serious_tax_cases', taxpayer_id, party_name, listed_on FROM serious_tax_cases
    UNION ALL SELECT 'financial_statements', taxpayer_id, party_name, coalesce(filed_on, quarter_end) FROM financial_statements
    UNION ALL SELECT 'permits', uscc, party_name, NULL FROM permits
    UNION ALL SELECT 'penalties', uscc, party_name, NULL FROM penalties
    UNION ALL SELECT 'abnormal_listings', uscc, party_name, NULL FROM abnormal_listings
    UNION ALL SELECT 'serious_listings', uscc, party_name, NULL FROM serious_listings
    UNION ALL SELECT 'inspection_results', uscc, party_name, NULL FROM inspection_results
    UNION ALL SELECT 'annual_reports', uscc, party_name, NULL FROM annual_reports
    UNION ALL SELECT 'social_contributions', uscc, party_name, NULL FROM social_contributions
    UNION ALL SELECT 'labour_grades', uscc, party_name, NULL FROM labour_grades
    UNION ALL SELECT 'wage_arrears_listings', uscc, party_name, NULL FROM wage_arrears_listings
    UNION ALL SELECT 'tenancies', uscc, party_name, NULL FROM tenancies
    UNION ALL SELECT 'fee_payments', uscc, party_name, NULL FROM fee_payments
    UNION ALL SELECT 'commitments', uscc, party_name, NULL FROM commitments
    UNION ALL SELECT 'safety_checks', uscc, party_name, NULL FROM safety_checks
    UNION ALL SELECT 'site_visits', uscc, party_name, NULL FROM site_visits
    UNION ALL SELECT 'qualifications', uscc, party_name, NULL FROM qualifications
    UNION ALL SELECT 'honours', uscc, party_name, NULL FROM honours
    UNION ALL SELECT 'standard_status', uscc, party_name, NULL FROM standard_status
    UNION ALL SELECT 'credit_managers', uscc, party_name, NULL FROM credit_managers
    UNION ALL SELECT 'standard_clauses', uscc, party_name, NULL FROM standard_clauses
    UNION ALL SELECT 'bank_feedback', uscc, party_name, NULL FROM bank_feedback
    UNION ALL SELECT 'policy_applications', uscc, party_name, NULL FROM policy_applications
    UNION ALL SELECT 'honour_objections', uscc, party_name, NULL FROM honour_objections
  ) AS parties
), spelled AS (
  -- Full width, blanks, kinds of brackets and the long company form are ways of writing.
  -- Names are looked at only where the code is not whole.
  SELECT name, replace(regexp_replace(translate(upper(name), $wide, $narrow), '\s', '', 'g'), '有限责任公司', '有限公司') AS plain
  FROM (
    SELECT party_name AS name FROM written WHERE length(party_code) <> 18
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
), borne AS (
  SELECT s.plain, b.uscc, b.since, b.until FROM (
    SELECT name, uscc, CAST(NULL AS DATE) AS since, CAST(NULL AS DATE) AS until FROM registrations
    UNION ALL
    SELECT former_name, uscc, lag(changed_on) OVER (PARTITION BY uscc ORDER BY changed_on, former_name), changed_on FROM name_changes
  ) AS b JOIN spelled AS s USING (name)
), names AS (
  -- One enterprise alone, anywhere and at any time, bears the name or bore it.
  SELECT plain, MIN(uscc) AS uscc FROM borne GROUP BY plain HAVING count(DISTINCT uscc) = 1
), named AS (
  -- The day of the change belongs to both names.
  SELECT DISTINCT w.party_name, w.dated_on, n.uscc
  FROM written AS w
  JOIN spelled AS s ON s.name = w.party_name
  JOIN names AS n ON n.plain = s.plain
  JOIN borne AS b ON b.plain = n.plain AND b.uscc = n.uscc
  WHERE length(w.party_code) <> 18 AND (
    b.until IS NULL OR w.dated_on IS NULL
    OR (w.dated_on <= b.until AND w.dated_on >= coalesce(b.since, w.dated_on))
  )
), zone AS (
  SELECT uscc FROM tenancies
  UNION SELECT uscc FROM registrations WHERE $by_address AND coalesce(regexp_matches(domicile, $address_pattern), FALSE)
)
SELECT
  w.dataset,
  w.party_code,
  w.party_name,
  w.dated_on,
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
LEFT JOIN identity_decisions AS d
  ON d.dataset = w.dataset AND d.party_code = w.party_code AND d.party_name = w.party_name
LEFT JOIN registrations AS r ON r.uscc = w.party_code
LEFT JOIN registration_numbers AS g ON g.registration_no = w.party_code
LEFT JOIN organisation_codes AS o
  ON o.organisation_code = CASE WHEN length(w.party_code) = 15 THEN substr(w.party_code, 7, 9) END
-- A name never overrules a valid 18-character code: that is another enterprise. The test is
-- in the key: beside it, every party would be held against every name.
LEFT JOIN named AS n ON n.party_name = CASE WHEN length(w.party_code) <> 18 THEN w.party_name END AND n.dated_on IS NOT DISTINCT FROM w.dated_on
LEFT JOIN zone AS z ON z.uscc = n.uscc
