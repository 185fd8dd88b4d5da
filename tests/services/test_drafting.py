"""Officers write drafts: from any version, half-finished or whole, and never over each other's."""

from __future__ import annotations

import pytest

from app.domain.errors import Invalid, NotFound, Refused, Stale
from app.domain.lifecycle import State
from app.services.rulesets.releasing import Asked
from schemas.ruleset import digest_of
from schemas.text import MAX_BYTES
from tests.lifecycle.desk import POLICY, REVIEWER, THIRD, WRITER, key_of, opened_desk, tiny


@pytest.fixture
def desk(migrated, tmp_path, keys_url):
    (tmp_path / "termwise.db").write_bytes((migrated / "termwise.db").read_bytes())
    with opened_desk(f"sqlite:///{tmp_path}/termwise.db", keys_url) as desk:
        yield desk


def test_a_policy_nobody_knew_begins_with_a_draft(desk):
    drafted = desk.draft()
    assert (drafted.state, drafted.digest) == (State.DRAFT, digest_of(tiny()))
    assert desk.versions.text(drafted) == tiny()
    assert drafted.authors == {WRITER.id}
    assert desk.policies.names() == (POLICY,)


def test_a_version_is_made_from_another_with_nothing_but_its_number_changed(desk):
    desk.draft()
    made = desk.drafting.create(REVIEWER, POLICY, "1.1.0", source="1.0.0")
    assert desk.versions.text(made) == tiny("1.1.0")
    assert made.last.made_from == desk.standing().last.id


def test_what_is_made_from_an_unapproved_draft_has_its_authors_too(desk):
    desk.draft()
    assert desk.drafting.create(REVIEWER, POLICY, "1.1.0", source="1.0.0").authors == {WRITER.id, REVIEWER.id}
    desk.releasing.submit(Asked(WRITER, POLICY, "1.0.0"))
    desk.releasing.approve(Asked(THIRD, POLICY, "1.0.0"), desk.standing().digest)
    assert desk.drafting.create(REVIEWER, POLICY, "1.2.0", source="1.0.0").authors == {REVIEWER.id}


def test_a_version_number_is_given_once(desk):
    desk.draft()
    with pytest.raises(Refused, match=r"has a version 1.0.0 already") as refused:
        desk.draft(REVIEWER)
    assert refused.value.conflict


@pytest.mark.parametrize(
    ("policy", "version", "text", "told"),
    [
        ("tiny", "1.0", tiny("1.0"), "`1.0` is not a version"),
        ("tiny", "01.0.0", tiny("01.0.0"), "is not a version"),
        ("Tiny", "1.0.0", tiny(policy="Tiny"), "`Tiny` cannot name a policy"),
        ("tiny", "1.0.1", tiny(), "the text says tiny 1.0.0, and this is tiny 1.0.1"),
        ("other", "1.0.0", tiny(), "the text says tiny 1.0.0, and this is other 1.0.0"),
        ("tiny", "1.0.0", b"version: 1.0.0\n", "a line `policy: sample-orders` is missing"),
        ("tiny", "1.0.0", b"policy: tiny\n", "a line `version: 1.0.0` is missing"),
        ("tiny", "1.0.0", b"policy: tiny\nversion: 1.0.0\nversion: 1.0.0\n", "`version` stands twice"),
        ("tiny", "1.0.0", b"policy: tiny\nversion: 1.0.0\n\xff\n", "this is not UTF-8"),
        ("tiny", "1.0.0", tiny() + b"#" * MAX_BYTES, "at most 2,097,152 bytes"),
        ("tiny", "1.0.0", None, "give `from`"),
    ],
)
def test_a_text_that_cannot_be_kept_as_that_version_is_refused(desk, policy, version, text, told):
    with pytest.raises(Invalid) as refused:
        desk.drafting.create(WRITER, policy, version, text=text)
    assert told in refused.value.problems[0].message
    assert desk.policies.names() == ()


def test_a_source_that_is_not_there_is_not_found(desk):
    with pytest.raises(NotFound, match="no policy tiny to start from"):
        desk.drafting.create(WRITER, POLICY, "1.0.0", source="0.9.0")
    desk.draft()
    with pytest.raises(NotFound, match=r"no version 0.9.0; it has 1.0.0"):
        desk.drafting.create(WRITER, POLICY, "1.1.0", source="0.9.0")


def test_an_edit_keeps_every_text_and_names_whoever_made_it(desk):
    first = desk.draft()
    second = desk.drafting.edit(REVIEWER, POLICY, "1.0.0", tiny(most="200.00"), seen={first.tag})
    assert second.authors == {WRITER.id, REVIEWER.id}
    assert desk.versions.text(first) == tiny()
    assert desk.versions.text(second) == tiny(most="200.00")


def test_an_edit_of_what_somebody_else_changed_is_stale(desk):
    first = desk.draft()
    desk.drafting.edit(REVIEWER, POLICY, "1.0.0", tiny(most="200.00"), seen={first.tag})
    with pytest.raises(Stale, match="was changed since it was read"):
        desk.drafting.edit(WRITER, POLICY, "1.0.0", tiny(most="300.00"), seen={first.tag})
    assert desk.versions.text(desk.standing()) == tiny(most="200.00")


def test_saving_the_same_text_again_records_nothing_and_makes_nobody_an_author(desk):
    approved = desk.approved()
    again = desk.drafting.edit(REVIEWER, POLICY, "1.0.0", tiny(), seen={approved.tag})
    assert again == approved
    assert len(desk.versions.history(POLICY, "1.0.0")) == 3


def test_an_edit_after_the_approval_voids_it(desk):
    approved = desk.approved()
    edited = desk.drafting.edit(WRITER, POLICY, "1.0.0", tiny(most="200.00"), seen={approved.tag})
    assert (edited.state, edited.released) == (State.DRAFT, False)
    back = desk.drafting.edit(WRITER, POLICY, "1.0.0", tiny(), seen={edited.tag})
    assert back.state is State.DRAFT
    with pytest.raises(Refused, match="only what was approved"):
        desk.releasing.activate(Asked(REVIEWER, POLICY, "1.0.0"))


@pytest.mark.parametrize("hours", [None, 5])
def test_a_text_that_was_activated_or_planned_never_changes(desk, hours):
    desk.approved()
    then = None if hours is None else desk.clock.passes(hours=1).replace(day=25)
    active = desk.releasing.activate(Asked(REVIEWER, POLICY, "1.0.0"), then)
    if hours is not None:
        active = desk.releasing.withdraw(Asked(REVIEWER, POLICY, "1.0.0"))
    with pytest.raises(Refused, match="can be edited"):
        desk.drafting.edit(WRITER, POLICY, "1.0.0", tiny(most="200.00"), seen={active.tag})


def test_half_finished_work_is_kept_and_its_faults_are_findings(desk):
    drafted = desk.draft()
    half = tiny().replace(b"hit_policy: COLLECT", b"hit_policy: COLL")
    desk.drafting.edit(WRITER, POLICY, "1.0.0", half, seen={drafted.tag})
    version, proof = desk.drafting.check(POLICY, "1.0.0")
    assert version.digest == digest_of(half)
    assert [(one.check, one.line) for one in proof.errors] == [("loads", 17)]
    assert proof.ruleset is None
    with pytest.raises(Refused, match=r"tiny 1.0.0 does not load yet") as refused:
        desk.policies.version(POLICY, "1.0.0")
    assert refused.value.conflict
    assert refused.value.problems[0].line == 17


def test_a_text_no_yaml_can_be_read_from_is_kept_too(desk):
    text = b"policy: tiny\nversion: 1.0.0\nsteps: [ {\n"
    desk.drafting.create(WRITER, POLICY, "1.0.0", text=text)
    _, proof = desk.drafting.check(POLICY, "1.0.0")
    assert {one.check for one in proof.errors} == {"loads"}


def test_a_text_that_names_one_version_to_the_eye_and_another_to_the_parser_is_a_finding(desk):
    text = (
        tiny()
        .replace(b"policy: tiny\n", b'"policy": other\n')
        .replace(b"en: Tiny,", b'en: "x\npolicy: tiny\n",')
    )
    desk.drafting.create(WRITER, POLICY, "1.0.0", text=text)
    _, proof = desk.drafting.check(POLICY, "1.0.0")
    assert proof.errors[0].message == "the text says other 1.0.0 and tiny 1.0.0, both"


def test_a_sound_text_has_no_error_and_its_runs_are_counted(desk):
    desk.draft()
    _, proof = desk.drafting.check(POLICY, "1.0.0")
    assert ([one.check for one in proof.findings], proof.shown) == (["outcomes", "thresholds"], 1)
    assert proof.errors == ()
    assert proof.runs > 100


def test_a_key_drafts_nothing_whatever_its_scopes(desk):
    with pytest.raises(Refused, match="A key cannot change a ruleset") as refused:
        desk.draft(key_of(WRITER))
    assert not refused.value.conflict
    drafted = desk.draft()
    with pytest.raises(Refused, match="A key cannot"):
        desk.drafting.edit(key_of(WRITER), POLICY, "1.0.0", tiny(most="200.00"), seen={drafted.tag})
