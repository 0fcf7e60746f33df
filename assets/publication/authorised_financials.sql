-- Quarterly figures of every enterprise that reported them.
SELECT uscc, quarter_end, revenue_fen, credit_sales_fen, receivables_begin_fen,
  receivables_end_fen
FROM financials
