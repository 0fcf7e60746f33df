-- How agencies write values, one macro a kind. Macros after `cleaned` take cleaned text;
-- what one does not understand becomes NULL, and the row reports the column as unparsed.

-- Blanks of every kind, the full-width one too: a cell with nothing else is empty.
CREATE OR REPLACE TEMP MACRO squeezed(x) AS CASE
  WHEN regexp_matches(x, '[\s\x{3000}\x{A0}]')
    THEN trim(regexp_replace(x, '[\s\x{3000}\x{A0}]+', ' ', 'g'))
  ELSE x
END;
-- Full-width letters, digits and the signs around numbers made half-width.
CREATE OR REPLACE TEMP MACRO half_width(x) AS CASE
  -- As many bytes as characters: nothing is wide. Nearly every figure and date is so.
  WHEN strlen(x) = length(x) OR NOT regexp_matches(x, '[\x{FF00}-\x{FF5E}\x{3000}]') THEN x
  ELSE translate(
    x,
    '０１２３４５６７８９ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ．－／，：　（）',
    '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz.-/,: ()'
  )
END;
-- Ways of writing "nothing"; the longest has nine bytes, none begins with a digit.
CREATE OR REPLACE TEMP MACRO filled(x) AS CASE
  WHEN strlen(x) > 9 OR (x >= '0' AND x < ':') THEN x
  WHEN NOT regexp_full_match(x, '(?i)|N/A|NULL|--|/|无数据|#N/A') THEN x
END;

-- Codes of enterprises: half-width, upper case, no blanks or hyphens. Never repaired.
CREATE OR REPLACE TEMP MACRO parse_uscc(x) AS upper(replace(replace(x, ' ', ''), '-', ''));

CREATE OR REPLACE TEMP MACRO parse_date(x) AS
  CASE
    WHEN regexp_matches(x, '^\d{8}$') THEN CAST(try_strptime(x, '%Y%m%d') AS DATE)
    -- Excel counts days from 1899-12-30.
    WHEN regexp_matches(x, '^[2-9]\d{4}(\.0+)?$')
      THEN DATE '1899-12-30' + CAST(substr(x, 1, 5) AS INTEGER)
    WHEN regexp_matches(x, '^\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?([ T].*)?$')
      THEN try_cast(
        regexp_replace(x, '^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2}).*$', '\1-\2-\3') AS DATE
      )
  END;
-- Sentinels of old systems: open-ended and unknown are both "no date".
CREATE OR REPLACE TEMP MACRO known_date(d) AS
  CASE WHEN d < DATE '2099-12-31' AND d > DATE '1900-01-01' THEN d END;

CREATE OR REPLACE TEMP MACRO parse_month(x) AS
  CASE
    WHEN regexp_matches(x, '^(\d{6}|\d{4}[-/.年]\d{1,2}月?)$') THEN try_cast(
      regexp_replace(x, '^(\d{4})[-/.年]?(\d{1,2})月?$', '\1-\2-01') AS DATE
    )
    ELSE CAST(date_trunc('month', parse_date(x)) AS DATE)
  END;
CREATE OR REPLACE TEMP MACRO parse_timestamp(x) AS
  try_cast(replace(x, '/', '-') AS TIMESTAMP);

-- Integer fen, exact; a unit written beside the number wins over the declared one. What
-- does not fit 64 bits is not understood.
CREATE OR REPLACE TEMP MACRO parse_money(x, factor) AS
  CASE
  -- The common way of writing, as far as the product stays below 18 digits: past them
  -- DuckDB reckons a hundred times slower.
  WHEN regexp_full_match(
    x, CASE WHEN factor <= 100 THEN '-?\d{1,10}(\.\d{1,6})?' ELSE '-?\d{1,6}(\.\d{1,6})?' END
  ) THEN CAST(round(CAST(x AS DECIMAL(18, 6)) * factor) AS BIGINT)
  WHEN regexp_matches(
    x, '^[¥￥]? ?-?[\d,]+(\.\d+)? ?\(?(万|万元|元|万人民币|人民币|万元人民币|万人民币元|人民币元)?\)?$'
  ) THEN try_cast(round(
    try_cast(replace(regexp_extract(x, '-?[\d,]+(\.\d+)?'), ',', '') AS DECIMAL(24, 8))
    * CASE WHEN contains(x, '万') THEN 1000000 WHEN contains(x, '元') THEN 100 ELSE factor END
  ) AS BIGINT) END;
-- An amount in a foreign currency is not converted: it stays in the raw line only.
CREATE OR REPLACE TEMP MACRO is_foreign(x) AS
  regexp_matches(x, '^-?[\d,]+(\.\d+)? ?\(?万?(美|港|欧|日|英|USD|HKD|EUR|JPY|GBP)');

CREATE OR REPLACE TEMP MACRO parse_integer(x) AS
  CASE WHEN regexp_matches(x, '^-?[\d,]{1,17}(\.0+)?$')
    THEN try_cast(replace(regexp_extract(x, '^-?[\d,]+'), ',', '') AS BIGINT) END;
CREATE OR REPLACE TEMP MACRO parse_flag(x) AS
  CASE
    WHEN upper(x) IN ('1', '是', 'Y', 'YES', 'TRUE', '公示') THEN TRUE
    WHEN upper(x) IN ('0', '2', '否', 'N', 'NO', 'FALSE', '不公示') THEN FALSE
  END;
-- Several codes in one text; texts have been squeezed, so that one blank at most stands
-- beside a separator.
CREATE OR REPLACE TEMP MACRO written_codes(x) AS
  string_split(regexp_replace(x, ' ?[;；、,，] ?', ';', 'g'), ';');
-- 其他 before the remark that explains it, and nothing else before a remark.
CREATE OR REPLACE TEMP MACRO other_noted(x) AS
  CASE WHEN regexp_matches(x, '^其[他它] ?[-－—:：(（]') THEN '其他' END;
-- A code before the remark that follows its dash.
CREATE OR REPLACE TEMP MACRO code_stem(x) AS regexp_replace(x, '[-－—].*$', '');
CREATE OR REPLACE TEMP MACRO joined_codes(x) AS
  array_to_string(list_sort(list_distinct(x)), ';');
