-- Records that must not be public today, each with the reason in law: the release refuses
-- to show them, and no older release may show them again. Names no content.
SELECT n.record_key AS record_id,
  CASE
    WHEN n.status = 'revoked' THEN 'correction'
    WHEN n.status = 'objection' OR n.party_class = 'natural' OR NOT c.published THEN 'redaction'
    WHEN n.publicity_to < $today AND n.publicity_to < c.counts_until THEN 'repair'
    ELSE 'expiry'
  END AS reason
FROM penalties AS n JOIN penalty_classes AS c USING (record_key)
WHERE n.status IN ('revoked', 'objection') OR n.party_class = 'natural' OR NOT c.published OR c.publish_until < $today
UNION ALL
SELECT p.record_key, CASE WHEN p.status = 'revoked' THEN 'correction' ELSE 'redaction' END
FROM permits AS p WHERE p.status IN ('revoked', 'objection') OR p.party_class = 'natural'
UNION ALL
-- Listings, arrears, broken commitments and findings: closed, or public no longer.
SELECT v.record_key, CASE WHEN v.ended_on <= $today AND (v.publish_until IS NULL OR v.publish_until >= $today) THEN 'repair' ELSE 'expiry' END
FROM credit_events AS v
WHERE v.dataset IN ('abnormal_listings', 'serious_listings', 'wage_arrears_listings', 'serious_tax_cases')
  AND (v.ended_on <= $today OR v.publish_until < $today)
UNION ALL
SELECT a.record_key, 'repair' FROM tax_arrears AS a WHERE a.cleared_on <= $today OR a.balance_fen <= 0
UNION ALL
SELECT c.record_key, 'redaction' FROM commitments AS c WHERE c.publication <> 'public' OR c.party_class = 'natural'
UNION ALL
-- After deregistration the file is kept and no longer shown.
SELECT e.uscc, 'redaction' FROM enterprises AS e WHERE e.status = 'deregistered'
UNION ALL
-- What a case took off, for good or until the agency has mended it.
SELECT m.record_id, CASE m.effect WHEN 'repaired' THEN 'repair' ELSE 'correction' END
FROM case_effects AS m WHERE m.effect IN ('repaired', 'deleted', 'corrected')
