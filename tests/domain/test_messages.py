"""A message ..."""

from __future__ import annotations

import copy
import json
import pickle

import orjson

from app.domain.messages import Message, joined, say, told
from app.domain.values import Text

FORMS = {
    "`{name}` takes {wanted}": "`{name}` 应为{wanted}",
    "a whole number": "整数",
    "row": "行",
    "{what} {name}: {error}": "{what} {name}：{error}",
    "{share:.1%} of {count:,}": "{count:,} 的 {share:.1%}",
    ", ": "、",
}


def test_is_its_english_sentence_wherever_a_text_is_wanted() -> None:
    message = told("`{name}` takes {wanted}", name="days", wanted="a whole number")
    assert message == "`days` takes a whole number"
    assert (json.dumps(message), orjson.dumps(message)) == (
        json.dumps(str(message)),
        b'"`days` takes a whole number"',
    )


def test_is_said_in_another_language_with_what_fills_it() -> None:
    message = told("`{name}` takes {wanted}", name="days", wanted="a whole number")
    assert say(message, "zh", FORMS) == "`days` 应为整数"


def test_says_what_it_holds_likewise() -> None:
    inner = told("`{name}` takes {wanted}", name="days", wanted="a whole number")
    outer = told("{what} {name}: {error}", what=told("row"), name=3, error=ValueError(inner))
    assert outer == "row 3: `days` takes a whole number"
    assert say(outer, "zh", FORMS) == "行 3：`days` 应为整数"


def test_says_labels_of_rulesets_in_their_own_words() -> None:
    labels = joined(", ", (Text("Term", "账期"), Text("Amount", "金额")))
    assert labels == "Term, Amount"
    assert say(labels, "zh", FORMS) == "账期、金额"


def test_keeps_how_numbers_are_written() -> None:
    message = told("{share:.1%} of {count:,}", share=0.25, count=12000)
    assert (message, say(message, "zh", FORMS)) == ("25.0% of 12,000", "12,000 的 25.0%")


def test_stays_english_as_a_whole_where_no_form_is_known() -> None:
    message = told("no form for {wanted}", wanted="a whole number")
    assert say(message, "zh", FORMS) == "no form for a whole number"


def test_never_says_a_single_word_that_somebody_may_have_written() -> None:
    assert say(told("`{name}` takes {wanted}", name="row", wanted="row"), "zh", FORMS) == "`row` 应为row"
    assert say(told("row"), "zh", FORMS) == "行"


def test_leaves_braces_alone_where_nothing_fills_it() -> None:
    assert told("write {order_amount}") == "write {order_amount}"


def test_fills_no_place_that_a_value_names() -> None:
    message = told("`{name}` takes {wanted}", name="{wanted}", wanted="{name}")
    assert say(message, "zh", FORMS) == "`{wanted}` 应为{name}"


def test_outlives_being_raised_copied_and_pickled() -> None:
    message = told("`{name}` takes {wanted}", name="days", wanted="a whole number")
    for one in (str(ValueError(message)), copy.deepcopy(message), pickle.loads(pickle.dumps(message))):
        assert isinstance(one, Message)
        assert say(one, "zh", FORMS) == "`days` 应为整数"
