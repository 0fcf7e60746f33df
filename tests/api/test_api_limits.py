from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from publish.access.limits import MINUTE, SECOND, Limiter


class Watch:
    def __init__(self) -> None:
        self.now = 10**15

    def __call__(self) -> int:
        return self.now


def test_a_minutes_requests_may_come_at_once_and_then_evenly() -> None:
    watch = Watch()
    limiter = Limiter(watch)
    assert [limiter.take("a", 6).allowed for _ in range(7)] == [True] * 6 + [False]
    assert limiter.take("a", 6).retry_after == 10
    watch.now += 10 * SECOND - 1
    assert not limiter.take("a", 6).allowed
    watch.now += 1
    assert limiter.take("a", 6).allowed
    assert not limiter.take("a", 6).allowed
    watch.now += MINUTE
    assert limiter.peek("a", 6).remaining == 6


def test_asking_without_taking_uses_nothing() -> None:
    limiter = Limiter(Watch())
    assert [limiter.peek("a", 1).remaining for _ in range(3)] == [1, 1, 1]
    assert limiter.take("a", 1).remaining == 0
    assert not limiter.peek("a", 1).allowed


def test_one_holder_never_uses_what_is_anothers() -> None:
    limiter = Limiter(Watch())
    limiter.take("a", 1)
    assert not limiter.take("a", 1).allowed
    assert limiter.take("b", 1).allowed


@given(
    st.integers(1, 1000), st.lists(st.integers(0, 5 * SECOND), min_size=1, max_size=60)
)
def test_no_minute_ever_holds_more_than_two_buckets(
    per_minute: int, waits: list[int]
) -> None:
    watch = Watch()
    limiter, passed = Limiter(watch), list[int]()
    for wait in waits:
        watch.now += wait
        told = limiter.take("a", per_minute)
        assert told.allowed == (told.retry_after == 0)
        assert 0 <= told.remaining <= per_minute
        if told.allowed:
            passed.append(watch.now)
        else:
            watch.now += told.retry_after * SECOND
            assert limiter.peek("a", per_minute).allowed
    for start in passed:
        within = [at for at in passed if start <= at < start + MINUTE]
        assert len(within) <= 2 * per_minute
