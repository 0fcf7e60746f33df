-- Quarterly figures per enterprise; trade secrets, never public.
SELECT i.uscc, s.quarter_end, s.revenue_fen, s.credit_sales_fen, s.receivables_begin_fen, s.receivables_end_fen, s.record_key
FROM financial_statements AS s
JOIN identities AS i
  ON i.dataset = 'financial_statements' AND i.party_code = s.taxpayer_id AND i.party_name = s.party_name
  AND i.dated_on IS NOT DISTINCT FROM CASE WHEN length(s.taxpayer_id) <> 18 THEN coalesce(s.filed_on, s.quarter_end) END
WHERE i.uscc IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY i.uscc, s.quarter_end ORDER BY s.updated_at DESC, s.record_key) = 1
