"""What comes out of a draft's cases ..."""

from __future__ import annotations

from app.services.rulesets.samples import run_samples
from schemas.interchange.outline import Outline
from schemas.interchange.places import rewritten
from tests.shipped import BY_POLICY


def test_is_told_only_where_it_is_not_what_was_expected() -> None:
    text = BY_POLICY["payment-terms"].text
    assert [one.got for one in run_samples(text).cases] == [{}] * len(Outline(text).cases)


def test_is_put_in_place_of_what_was_expected_and_leaves_the_rest_as_it_was() -> None:
    text = BY_POLICY["payment-terms"].text
    for right, wrong in (
        (b"], net_days: 90", b"], net_days: 91"),
        (b'releasable: "yes"', b'releasable: "no"'),
    ):
        edited = text[: text.index(b"cases:")] + text[text.index(b"cases:") :].replace(right, wrong, 1)
        accepted = {
            one.place: result.got[one.of.name]
            for case, result in zip(Outline(edited).cases, run_samples(edited).cases, strict=True)
            for one in case.expect
            if one.of.name in result.got
        }
        mended = rewritten(edited, accepted)
        assert len(accepted) == 1
        assert mended.replace(b"releasable: yes", b'releasable: "yes"') == text
        assert not any(one.why for one in run_samples(mended).cases)
