"""Signed requests: the digest of each algorithm, over the parts agreed."""

from __future__ import annotations

import pytest

from assets.sources.declaration import HmacAuth
from assets.sources.signing import hmac_sm3, redacted, signed
from tests.sources.scripted import ScriptedAgency

BY_PAGE = {"kind": "page", "page": "p", "size": "s"}


def test_sm3_hmac_is_that_of_the_standard():
    """GM/T 0042-2015 appendix D.3, its first example."""
    key = bytes(range(1, 33))
    text = b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq" * 2
    expected = "ca05e144ed05d1857840d1f318a4a8669e559fc8391f414485bfdf7bb408963a"
    assert hmac_sm3(key, text) == expected


@pytest.mark.parametrize(("kind", "other"), [("hmac-sha256", "hmac-sm3")])
def test_each_algorithm_signs_its_own_way(
    agency: ScriptedAgency, kind: str, other: str
):
    made = [
        signed(
            agency.declared(
                BY_PAGE, auth={"kind": name, "app_id": "park", "secret": "s"}
            ),
            f"{agency.url}/permits",
            {"s": 1, "p": 2},
        )
        for name in (kind, other)
    ]
    assert [len(m["X-Signature"]) for m in made] == [64, 64]
    assert made[0]["X-Signature"] != made[1]["X-Signature"]
    assert made[0]["X-Nonce"] != made[1]["X-Nonce"]
    assert {m["X-App-Id"] for m in made} == {"park"}


def test_a_secret_is_not_told_by_its_declaration():
    auth = HmacAuth(kind="hmac-sm3", app_id="park", secret="s3cret")
    assert "s3cret" not in repr(auth)
    assert redacted("key s3cret was wrong", ("s3cret",)) == "key *** was wrong"
