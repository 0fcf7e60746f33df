-- Products on offer today.
SELECT product_code, bank, name, minimum_grade, maximum_fen, rate_from_bp, term_months, description, valid_to
FROM financial_products WHERE valid_to IS NULL OR valid_to >= $today
