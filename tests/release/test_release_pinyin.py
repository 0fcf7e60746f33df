"""Names are spelt as a reader of Chinese would say them."""

from __future__ import annotations

import pytest

from publish.release.pinyin import spelling


@pytest.mark.parametrize(
    ("name", "pinyin", "initials"),
    [
        ("星海科技有限公司", "xinghaikejiyouxiangongsi", "xhkjyxgs"),
        ("重庆路桥", "chongqingluqiao", "cqlq"),
        ("山东重工", "shandongzhonggong", "sdzg"),
        ("高新区银行", "gaoxinquyinhang", "gxqyh"),
        ("绿源女装", "lvyuannvzhuang", "lynz"),
        ("ABC（淄博）3号·", "abczibo3hao", "abczb3h"),
        ("（）", "", ""),
    ],
)
def test_a_name_is_spelt_with_its_words_in_mind(name: str, pinyin: str, initials: str):
    assert spelling(name) == (pinyin, initials)
