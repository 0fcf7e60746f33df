-- Support policies with whom they are for; numbers of fewer than five are not published.
SELECT p.policy_code, p.title, p.minimum_grade, p.qualifications, p.industry_sections, p.maximum_age_months, p.amount_fen,
  p.opens_on, p.closes_on, p.authority, p.legal_basis,
  CASE WHEN r.matched >= 5 THEN r.matched END AS matched,
  CASE WHEN r.applied >= 5 THEN r.applied END AS applied,
  CASE WHEN r.paid >= 5 THEN r.paid END AS paid,
  CASE WHEN r.paid >= 5 AND r.largest_fen * 10 < r.paid_fen * 6 THEN r.paid_fen END AS paid_fen,
  CASE WHEN r.paid >= 5 THEN r.median_days END AS median_days
FROM support_policies AS p JOIN policy_progress AS r USING (policy_code)
WHERE p.opens_on <= $today + to_months(2) AND p.closes_on > $today - to_months(24)
