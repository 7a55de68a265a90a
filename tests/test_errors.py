from __future__ import annotations

import copy
import pickle
from collections.abc import Callable

import pytest

from fagprofil.errors import (
    CannotScore,
    DataError,
    FagprofilError,
    MissingExtra,
    Problem,
    RankerError,
    UnknownName,
    nearest,
    unknown_id,
)

FIRST = Problem("module 'x'", "level", "master", "akademi or diplom")
SECOND = Problem("job7.csv line 12", "competence", "jobmach", "an id", "jobmatch")


# --- The nearest spelling ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("jobmach", "jobmatch"),
        ("JOBMATCH", "jobmatch"),
        ("vejle", "Vejle"),
        ("ressourcer", "ressource"),
        ("qqq", None),
        ("", None),
    ],
)
def test_the_nearest_spelling_whatever_the_case(name: str, expected: str | None) -> None:
    assert nearest(name, ["ressource", "jobmatch", "Vejle"]) == expected


def test_nothing_is_near_when_nothing_is_known() -> None:
    assert nearest("jobmatch", []) is None


def test_the_nearest_spelling_does_not_depend_on_the_order() -> None:
    known = ["ba", "ca", "da", "AB", "ab"]
    found = {nearest("a", order) for order in (known, known[::-1], sorted(known))}
    assert len(found) == 1
    assert nearest("Ab", ["ab", "AB"]) == nearest("Ab", ["AB", "ab"]) == "AB"


def test_a_higher_cutoff_asks_for_a_closer_spelling() -> None:
    assert nearest("department", ["agreement"]) == "agreement"
    assert nearest("department", ["agreement"], 0.75) is None
    assert nearest("agreemnt", ["agreement"], 0.75) == "agreement"


# --- Problems ------------------------------------------------------------------------------------


def test_a_problem_says_where_what_and_how_to_mend_it() -> None:
    assert str(FIRST) == "module 'x': level is 'master': expected akademi or diplom"
    assert str(SECOND) == (
        "job7.csv line 12: competence is 'jobmach': expected an id; did you mean 'jobmatch'?"
    )


def test_a_value_that_must_not_be_shown_is_left_out() -> None:
    assert str(Problem("line 2", "employee", None, "an id")) == "line 2: employee: expected an id"


def test_a_problem_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        FIRST.value = "diplom"  # type: ignore[misc]


def test_a_reference_is_a_problem_where_it_is_unknown() -> None:
    assert list(unknown_id("run 'x'", "module", "a", ["a", "b"])) == []
    (problem,) = unknown_id("run 'x'", "module", "jobmach", ["jobmatch"])
    assert problem == Problem("run 'x'", "module", "jobmach", "an id of the catalogue", "jobmatch")


def test_data_errors_count_and_list_their_problems() -> None:
    one, two = DataError([FIRST]), DataError([FIRST, SECOND])
    assert one.problems == (FIRST,)
    assert two.problems == (FIRST, SECOND)
    assert str(one) == f"1 problem:\n  {FIRST}"
    assert str(two) == f"2 problems:\n  {FIRST}\n  {SECOND}"


def test_a_long_list_of_problems_is_cut_in_the_message_only() -> None:
    error = DataError([Problem(f"row {i}", "level", "9", "at most 5") for i in range(1005)])
    assert len(error.problems) == 1005
    assert str(error).startswith("1005 problems:")
    assert str(error).endswith("... and 5 more, in `problems`")
    assert "row 999:" in str(error)
    assert "row 1000:" not in str(error)


# --- Names ---------------------------------------------------------------------------------------


def test_an_unknown_name_says_what_was_there() -> None:
    error = UnknownName("profile", "virksomhet", ["virksomhed", "basis"])
    assert (error.kind, error.name, error.suggestion) == ("profile", "virksomhet", "virksomhed")
    assert error.known == ("basis", "virksomhed")
    said = "no profile 'virksomhet'; did you mean 'virksomhed'? known: basis, virksomhed"
    assert str(error) == said
    assert error.args == (said,)


def test_an_unknown_name_with_nothing_near_or_nothing_known() -> None:
    assert str(UnknownName("profile", "qqq", ["basis"])) == "no profile 'qqq'; known: basis"
    assert str(UnknownName("profile", "qqq", [])) == "no profile 'qqq'; known: none"


def test_at_most_twelve_known_names_are_listed() -> None:
    names = [f"n{number:02}" for number in range(13)]
    assert str(UnknownName("x", "qqq", names[:12])).endswith(", ".join(names[:12]))
    assert str(UnknownName("x", "qqq", names)).endswith("n11, ...")


# --- Kinds ---------------------------------------------------------------------------------------

MISSING = MissingExtra("reading Excel", "openpyxl", "frames")


def test_a_missing_extra_says_what_to_install() -> None:
    assert MISSING.extra == "frames"
    assert str(MISSING) == (
        "reading Excel needs openpyxl; install it with: pip install 'fagprofil[frames]'"
    )


@pytest.mark.parametrize(
    ("error", "builtin"),
    [
        (DataError([FIRST]), ValueError),
        (UnknownName("profile", "x", []), KeyError),
        (CannotScore("unknown"), ValueError),
        (RankerError("shape"), ValueError),
        (MISSING, ImportError),
    ],
)
def test_every_error_is_ours_and_the_builtin_a_reader_would_expect(
    error: Exception, builtin: type[Exception]
) -> None:
    assert isinstance(error, FagprofilError)
    assert isinstance(error, builtin)


@pytest.mark.parametrize(
    "error",
    [
        DataError([FIRST, SECOND]),
        UnknownName("profile", "virksomhet", ["virksomhed"]),
        CannotScore("unknown"),
        MISSING,
    ],
)
@pytest.mark.parametrize("again", [copy.copy, lambda error: pickle.loads(pickle.dumps(error))])
def test_errors_cross_to_another_process_whole(
    error: Exception, again: Callable[[Exception], Exception]
) -> None:
    other = again(error)
    assert type(other) is type(error)
    assert str(other) == str(error)
    facts = {name: value for name, value in vars(error).items() if not name.startswith("_")}
    assert {name: getattr(other, name) for name in facts} == facts
