"""What is kept is looked at again in time, by one thread, and at once after an edit."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread

from handlers.fresh import Fresh


def counted(seen: list[int | None]) -> Callable[[int | None], int]:
    def look(known: int | None) -> int:
        seen.append(known)
        return len(seen)

    return look


def test_it_is_looked_at_again_when_its_time_is_over() -> None:
    seen, ticks = list[int | None](), [0.0]
    fresh = Fresh(counted(seen), 10, lambda: ticks[0])
    assert (fresh(), fresh()) == (1, 1)
    ticks[0] = 10.0
    assert fresh() == 2
    assert seen == [None, 1]


def test_after_an_edit_it_is_looked_at_on_the_next_call() -> None:
    fresh = Fresh(counted([]), 10, lambda: 0.0)
    assert fresh() == 1
    fresh.forget()
    assert fresh() == 2


def test_an_edit_while_somebody_looks_is_not_forgotten() -> None:
    fresh: Fresh[int]
    looks = list[int]()

    def look(known: int | None) -> int:
        looks.append(len(looks))
        if len(looks) == 1:
            fresh.forget()
        return len(looks)

    fresh = Fresh(look, 10, lambda: 0.0)
    assert (fresh(), fresh(), fresh()) == (1, 2, 2)


def test_nobody_waits_while_another_looks() -> None:
    ticks, looking, done = [0.0], Event(), Event()

    def look(known: str | None) -> str:
        if known is None:
            return "old"
        looking.set()
        assert done.wait(10)
        return "new"

    fresh = Fresh(look, 10, lambda: ticks[0])
    assert fresh() == "old"
    ticks[0] = 20.0
    other = Thread(target=fresh)
    other.start()
    assert looking.wait(10)
    assert fresh() == "old"
    done.set()
    other.join()
    assert fresh() == "new"
