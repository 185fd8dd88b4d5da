"""A password ..."""

from __future__ import annotations

import threading

import pytest

from app.credentials import passwords
from app.domain.errors import Invalid, Unavailable

PASSWORD = "a long enough password"


def parameters(phc: str) -> list[str]:
    return phc.split("$")[1:4]


def test_is_kept_as_argon2id_with_the_parameters_of_owasp_and_a_fresh_salt() -> None:
    first, second = passwords.hashed(PASSWORD), passwords.hashed(PASSWORD)
    assert parameters(first) == ["argon2id", "v=19", "m=19456,t=2,p=1"]
    assert first != second
    assert passwords.matches(PASSWORD, first)
    assert not passwords.matches(PASSWORD + " ", first)


def test_of_nobody_costs_what_every_other_costs_and_never_matches() -> None:
    assert parameters(passwords.NOBODYS) == parameters(passwords.hashed(PASSWORD))
    assert [len(one) for one in passwords.NOBODYS.split("$")] == [
        len(one) for one in passwords.hashed(PASSWORD).split("$")
    ]
    assert not passwords.matches(PASSWORD, None)


def test_is_the_same_however_its_letters_were_composed() -> None:
    assert passwords.matches("rundgång på bron", passwords.hashed("rundga\u030ang pa\u030a bron"))


@pytest.mark.parametrize(("length", "taken"), [(11, False), (12, True), (256, True), (257, False)])
def test_has_12_to_256_characters(length: int, taken: bool) -> None:
    if taken:
        assert len(passwords.acceptable("密" * length)) == length
        return
    with pytest.raises(Invalid, match="cannot be taken") as caught:
        passwords.acceptable("密" * length)
    assert f"this one has {length}" in caught.value.problems[0].message


@pytest.mark.parametrize("stored", ["", "rubbish", "$argon2id$v=19$m=1", "$2b$12$abcdefghijklmnopqrstuv"])
def test_matches_nothing_where_the_stored_form_is_none(stored: str) -> None:
    assert not passwords.matches(PASSWORD, stored)


def test_that_is_made_up_is_taken_and_another_each_time() -> None:
    made = {passwords.generated() for _ in range(100)}
    assert len(made) == 100
    assert {passwords.acceptable(one) for one in made} == made


def test_is_hashed_two_at_a_time_and_only_so_many_stand_in_line() -> None:
    turns = passwords._Turns()
    entered = [threading.Event() for _ in range(passwords.AT_ONCE)]
    leave = threading.Event()
    waited: list[int] = []

    def work(number: int) -> None:
        with turns.one(known=False):
            if number < passwords.AT_ONCE:
                entered[number].set()
                leave.wait(30)
            else:
                waited.append(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(passwords.AT_ONCE)]
    for thread in threads:
        thread.start()
    for one in entered:
        assert one.wait(30)
    # As many again as may stand in line, each of which takes its place before it waits.
    line = [
        threading.Thread(target=work, args=(passwords.AT_ONCE + place,)) for place in range(passwords.WAITING)
    ]
    for thread in line:
        thread.start()
    while turns._line._value:
        assert all(thread.is_alive() for thread in threads)
    assert waited == []
    with pytest.raises(Unavailable, match="Too many people"), turns.one(known=False):
        raise AssertionError("a stranger more than the line has room for")
    known = threading.Thread(target=lambda: turns.one(known=True).__enter__())
    known.start()
    leave.set()
    for thread in (*threads, *line, known):
        thread.join(30)
    assert sorted(waited) == list(range(passwords.AT_ONCE, passwords.AT_ONCE + passwords.WAITING))
