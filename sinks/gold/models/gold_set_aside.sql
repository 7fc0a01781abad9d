-- Purchases that no figure contains, because the rates file has no rate for their currency at their time.
SELECT
  p.user_id,
  DATE '1970-01-01' + CAST((p.purchase_time - p.purchase_time % 86400000000) / 86400000000 AS INT) AS date,
  p.purchase_time,
  p.purchase_id,
  p.amount,
  p.currency,
  'currency_unknown' AS reason
FROM in_purchases p
LEFT JOIN in_rates r
  ON r.currency = p.currency AND p.purchase_time >= r.valid_from AND p.purchase_time < r.valid_to
WHERE r.currency IS NULL
