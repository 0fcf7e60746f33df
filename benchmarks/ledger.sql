-- Made-up enterprises and events for the grading benchmark; set the variables first.
CREATE TABLE enterprises AS SELECT printf('%018d', i) AS uscc, DATE '2015-01-01' AS established_on,
  NULL::DATE AS deregistered_on, TRUE AS in_park, TRUE AS consented FROM range(getvariable('enterprises')) r(i);
CREATE TABLE memberships AS SELECT uscc, DATE '2026-11-23' AS evaluated_on, established_on, 'C' AS industry_section, consented FROM enterprises;
CREATE TABLE financials AS SELECT NULL::TEXT AS uscc, NULL::DATE AS quarter_end, NULL::BIGINT AS revenue_fen,
  NULL::BIGINT AS credit_sales_fen, NULL::BIGINT AS receivables_begin_fen, NULL::BIGINT AS receivables_end_fen,
  NULL::TEXT AS record_key WHERE false;
CREATE MACRO made_events(low, high) AS TABLE SELECT concat(i, '-', j) AS event_id, printf('%018d', i) AS uscc, 'C03' AS category,
  ['contribution','annual_report','tax_credit','penalty','commitment','labour_grade'][1 + j % 6] AS kind,
  ['positive','positive','positive','negative','positive','positive'][1 + j % 6] AS polarity,
  CASE WHEN j % 6 = 3 THEN ['minor','general'][1 + i % 2] END AS severity,
  ['on_time','late','A','0201','fully','B'][1 + j % 6] AS value, 'x' AS title, NULL::TEXT AS authority,
  NULL::TEXT AS document_no, 2024 + j % 2 AS period, DATE '2026-01-01' + CAST(j AS INTEGER) AS happened_on,
  NULL::DATE AS ended_on, NULL::DATE AS void_from, 100::BIGINT AS amount_fen, 1::BIGINT AS quantity, DATE '2027-01-01' AS publish_until,
  NULL::DATE AS repairable_from, 'x' AS dataset, 'x' AS record_key
  FROM range(low, high) r(i), range(getvariable('events')) s(j) ORDER BY uscc;
