"""What a module's text tells: similarities, scores and their reasons."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
import unicodedata
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import clone
from worlds import examples, known, module, profile, taxonomy

import fagprofil as fp
from fagprofil.evaluation.direct import direct_catalogue
from fagprofil.ladder import UNIT
from fagprofil.model import Records
from fagprofil.rankers import RankingTask
from fagprofil.rankers.similarity import text_similarity
from fagprofil.rankers.text import TextRanker

STEP = Fraction(1, 2**20)
NEEDED = "konflikthaandtering"


def world(
    competences: Mapping[str, Any],
    modules: Mapping[str, Any],
    weights: Mapping[str, float] | None = None,
) -> fp.Catalogue:
    """A catalogue of texts: competences' names and modules' titles, or more of their fields."""
    bare = taxonomy(3, list(competences))
    named = [
        one.model_copy(update=fields_of(competences[one.id], "name"))
        for one in bare.competences.values()
    ]
    needs = {one: (3, 3, (weights or {}).get(one, 1.0)) for one in competences}
    return fp.Catalogue(
        taxonomy=bare.model_copy(update={"competences": Records(named, "competence")}),
        profiles=[profile("job", needs)],
        modules=[module(one, **fields_of(said, "title")) for one, said in modules.items()],
    )


def fields_of(said: Any, first: str) -> dict[str, Any]:
    fields = said if isinstance(said, dict) else {first: said}
    return {
        name: fp.model.Text(da=value) if isinstance(value, str) else value
        for name, value in fields.items()
    }


def lacks(catalogue: fp.Catalogue, *names: str, id: str = "e") -> fp.Employee:  # noqa: A002
    held = {one: 0 if one in names else 3 for one in catalogue.taxonomy.competences}
    return fp.Employee(id=id, profile="job", evidence=known(held))


def task_of(catalogue: fp.Catalogue, *people: fp.Employee, **options: Any) -> RankingTask:
    seen: list[RankingTask] = []
    recommender = fp.Recommender(
        catalogue, lambda task: seen.append(task) or np.zeros(task.shape), **options
    )
    list(recommender.recommend_rows(people))
    return seen[0]


def directions(**rows: list[float]) -> Callable[[list[str]], Any]:
    """An embed that knows the vector of each text."""
    return lambda texts: [rows[text] for text in texts]


COURSES = world(
    {
        "samtale": {"name": "Jobrettet samtale", "description": "Leder en samtale frem mod job."},
        "jura": {"name": "Beskæftigelseslovgivning", "description": "Bruger lovens regler."},
        "data": {"name": "Databeskyttelse", "description": "Ved, hvad der må deles."},
    },
    {
        "loven": {"title": "Beskæftigelsesloven", "topics": "Lovens regler, lovgivningens rammer."},
        "samtalen": {"title": "Samtaler om job", "topics": "At lede den gode jobsamtale."},
        "gdpr": {"title": "GDPR", "topics": "Beskyttelse af data, og hvad der må deles."},
        "sang": "Korsang",
    },
)


# --- what is ranked -----------------------------------------------------------------------------


@pytest.mark.parametrize("analyzer", ["char", "word", "both"])
@pytest.mark.parametrize(
    ("lacking", "first"), [("samtale", "samtalen"), ("jura", "loven"), ("data", "gdpr")]
)
def test_modules_whose_text_tells_of_what_is_lacking_come_first(
    lacking: str, first: str, analyzer: Any
) -> None:
    result = fp.Recommender(COURSES, TextRanker(analyzer)).recommend(lacks(COURSES, lacking))
    assert result[0].module == first
    assert {one.gain_now for one in result} == {None}  # nobody has mapped them
    assert [reason.competence for reason in result[0].reasons] == [lacking]


def test_a_score_is_the_gap_times_what_the_text_tells_of_it() -> None:
    weights = {"samtale": 2.0, "jura": 0.5, "data": 1.0}
    catalogue = world({one: one for one in weights}, {"a": "samtale jura", "b": "data"}, weights)
    task = task_of(catalogue, lacks(catalogue, "samtale", "jura"))
    data, jura, samtale = text_similarity(catalogue)
    # Three steps are lacking of each of the two, of weight 2 and 0.5.
    expected = 3 * 2.0 * samtale + 3 * 0.5 * jura
    np.testing.assert_allclose(TextRanker().score(task)[0], expected, atol=float(STEP))
    assert data[1] > 0  # which the person does not lack


def test_a_module_that_was_mapped_keeps_its_place_when_the_mapping_is_lost(
    catalogue: fp.Catalogue,
) -> None:
    bare = fp.Catalogue(
        **{
            **{name: getattr(catalogue, name) for name in fp.Catalogue.model_fields},
            "modules": [
                one.model_copy(update={"teaches": None, "teaches_provenance": None})
                for one in catalogue.modules.values()
            ],
        }
    )
    own = profile("job", {NEEDED: (3, 3, 1.0)})
    person = fp.Employee(id="e", evidence=known({NEEDED: 0}))
    both = [
        fp.Recommender(one, TextRanker()).recommend(person, own, k=3) for one in (catalogue, bare)
    ]
    by_text, unmapped = ([one.module for one in result] for result in both)
    truth = {one.id for one in catalogue.modules.values() if NEEDED in (one.teaches or {})}
    assert by_text[0] in truth
    assert unmapped[0] in truth


# --- how well, on the bundled catalogue and on DIRECT: kept from getting worse unnoticed ----------


def truth_of(catalogue: fp.Catalogue) -> tuple[np.ndarray, np.ndarray]:
    """The levels taught, shape (K, M), and which modules are mapped."""
    position = catalogue.taxonomy.competences.position
    modules = catalogue.modules.values()
    taught = np.zeros((len(position), len(modules)))
    for j, one in enumerate(modules):
        for name, level in (one.teaches or {}).items():
            taught[position[name], j] = level
    return taught, np.array([one.teaches is not None for one in modules])


def reciprocal_rank(similarity: np.ndarray, taught: np.ndarray) -> float:
    """The mean of 1 / rank of the first module that teaches a competence."""
    found = []
    for row, truth in zip(similarity, taught, strict=True):
        if truth.any():
            right = truth[np.lexsort((np.arange(len(row)), -row))] > 0
            found.append(1 / (1 + int(np.argmax(right))))
    return float(np.mean(found))


@pytest.mark.parametrize(("analyzer", "least"), [("char", 0.95), ("word", 0.9), ("both", 0.94)])
def test_the_bundled_modules_are_found_by_their_texts(
    analyzer: Any, least: float, catalogue: fp.Catalogue
) -> None:
    taught, mapped = truth_of(catalogue)
    similarity = text_similarity(catalogue, analyzer)
    assert reciprocal_rank(similarity[:, mapped], taught[:, mapped]) > least


@pytest.mark.parametrize(("analyzer", "least"), [("char", 0.6), ("word", 0.51), ("both", 0.58)])
def test_the_resources_of_direct_are_found_by_their_titles(analyzer: Any, least: float) -> None:
    direct = direct_catalogue()
    taught, mapped = truth_of(direct)
    similarity = text_similarity(direct, analyzer, "en")
    assert reciprocal_rank(similarity[:, mapped], taught[:, mapped]) > least


# --- reasons ------------------------------------------------------------------------------------


@pytest.mark.parametrize("analyzer", ["char", "word", "both"])
def test_reasons_sum_to_the_score_exactly(analyzer: Any, catalogue: fp.Catalogue) -> None:
    people = [fp.Employee(id="a", backgrounds=["hk-kontor"]), fp.Employee(id="b")]
    people = [one.model_copy(update={"profile": "virksomhed+helhed"}) for one in people]
    ranker, task = TextRanker(analyzer), task_of(catalogue, *people)
    scores = ranker.score(task)
    names = list(catalogue.taxonomy.competences)
    for i in range(2):
        for j in range(0, scores.shape[1], 5):
            reasons = ranker.explain(task, i, j)
            assert sum(reason.value for reason in reasons) == scores[i, j]
            assert sum(reason.value for reason in reversed(reasons)) == scores[i, j]
            assert len({reason.competence for reason in reasons}) == len(reasons)
            lacking = [names[k] for k in np.flatnonzero(task.closes[i, :, -1])]
            assert {reason.competence for reason in reasons} <= set(lacking)
            values = [reason.value for reason in reasons]
            assert values == sorted(values, reverse=True)


def test_each_reason_is_the_part_of_its_competence() -> None:
    task = task_of(COURSES, lacks(COURSES, "samtale", "jura"))
    similarity = text_similarity(COURSES)
    j = task.modules.index("loven")
    reasons = {one.competence: one.value for one in TextRanker().explain(task, 0, j)}
    for k, name in enumerate(COURSES.taxonomy.competences):
        gap = Fraction(int(task.closes[0, k, -1])) * Fraction(UNIT)
        expected = gap * Fraction(similarity[k, j])
        assert abs(Fraction(reasons.get(name, 0.0)) - expected) <= 2 * STEP


def test_nothing_lacking_and_nothing_told_is_a_score_of_nothing() -> None:
    task = task_of(COURSES, lacks(COURSES), lacks(COURSES, "jura", id="f"))
    scores = TextRanker().score(task)
    np.testing.assert_array_equal(scores[0], 0)
    j = task.modules.index("sang")
    assert scores[1, j] == 0
    assert TextRanker().explain(task, 1, j) == []


# --- one or many --------------------------------------------------------------------------------


def test_a_row_depends_on_its_own_person_alone(catalogue: fp.Catalogue) -> None:
    people = [
        fp.Employee(id=f"e{n}", profile="helhed", evidence=known({NEEDED: n % 4, "motivation": 1}))
        for n in range(7)
    ]
    ranker = TextRanker()
    together = ranker.score(task_of(catalogue, *people))
    for i, person in enumerate(people):
        np.testing.assert_array_equal(ranker.score(task_of(catalogue, person))[0], together[i])
    turned = ranker.score(task_of(catalogue, *reversed(people)))
    np.testing.assert_array_equal(turned[::-1], together)


def test_the_ids_of_modules_and_competences_change_nothing() -> None:
    skills = {"a": "Jobrettet samtale", "b": "Lovgivning", "c": "Databeskyttelse"}
    titles = {"a": "Samtaler om job", "b": "Loven og dens regler", "c": "Data og samtale"}
    turn = {"a": "c", "b": "a", "c": "b"}
    first = text_similarity(world(skills, titles))
    second = text_similarity(
        world({turn[k]: v for k, v in skills.items()}, {turn[k]: v for k, v in titles.items()})
    )
    order = [2, 0, 1]  # where a, b, c have gone
    np.testing.assert_allclose(second[np.ix_(order, order)], first, atol=2**-16)


# --- Danish -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("danish", "plain"), [("råd", "rad"), ("løn", "lon"), ("lære", "lare"), ("få", "fa")]
)
@pytest.mark.parametrize("analyzer", ["char", "word", "both"])
def test_danish_letters_are_letters_of_their_own(danish: str, plain: str, analyzer: Any) -> None:
    catalogue = world({"c": danish, "d": "noget helt andet"}, {"m0": danish, "m1": plain})
    (right, wrong), _ = text_similarity(catalogue, analyzer)
    assert right > 0
    assert wrong < right
    assert analyzer != "word" or wrong == 0


@given(
    st.lists(
        st.text("aåæøéüÅÆØ rs-", min_size=1).filter(str.strip), min_size=4, max_size=6, unique=True
    ),
    st.sampled_from(["char", "word", "both"]),
)
@examples(60)
def test_composed_and_decomposed_letters_and_capitals_are_the_same(
    texts: list[str], analyzer: Any
) -> None:
    def similarity(form: Callable[[str], str]) -> np.ndarray:
        said = [form(one) for one in texts]
        skills = {f"c{n}": one for n, one in enumerate(said[:2])}
        return text_similarity(
            world(skills, {f"m{n}": one for n, one in enumerate(said[2:])}), analyzer
        )

    composed = similarity(lambda one: unicodedata.normalize("NFC", one))
    decomposed = similarity(lambda one: unicodedata.normalize("NFD", one))
    np.testing.assert_array_equal(composed, decomposed)
    np.testing.assert_array_equal(composed, similarity(str.lower))
    told = ~np.isnan(composed)
    assert ((composed[told] >= 0) & (composed[told] <= 1)).all()
    # A text is read or not, whatever it is compared with.
    assert (told.all(axis=0) == told.any(axis=0)).all()


def test_parts_of_compounds_are_found_by_pieces_not_by_words() -> None:
    catalogue = world(
        {"c": "Virksomhedskontakt", "d": "Journalføring"},
        {"m0": "Kontakten til virksomheder", "m1": "Sagens journal"},
    )
    pieces, words = text_similarity(catalogue, "char"), text_similarity(catalogue, "word")
    assert pieces[0, 0] > pieces[0, 1]
    assert pieces[1, 1] > pieces[1, 0]
    assert not words.any()


def test_a_text_in_the_other_language_is_better_than_none() -> None:
    both, english = fp.model.Text(da="Konflikt", en="Conflict"), fp.model.Text(en="Conflict")
    catalogue = world(
        {"c": {"name": both}, "d": "Andet"}, {"m0": {"title": english}, "m1": {"title": both}}
    )
    in_english = text_similarity(catalogue, "word", "en")[0]
    in_danish = text_similarity(catalogue, "word", "da")[0]
    np.testing.assert_array_equal(in_english > 0, [True, True])
    np.testing.assert_array_equal(in_danish > 0, [False, True])


def test_a_competence_without_description_and_a_module_without_topics_are_compared() -> None:
    catalogue = world({"c": "Jobmatch", "d": "R"}, {"m0": "Det gode jobmatch", "m1": "R for alle"})
    similarity = text_similarity(catalogue, "word")
    # A word of one letter is a word.
    np.testing.assert_array_equal(similarity > 0, [[True, False], [False, True]])


# --- no text, no opinion ------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "analyzer"), [(" \n ", "char"), ("?!", "word"), (" ", "both")])
def test_a_module_without_text_gets_no_opinion(text: str, analyzer: Any) -> None:
    catalogue = world({"c": "Samtale", "d": "Jura"}, {"m0": text, "m1": "Samtale"})
    similarity = text_similarity(catalogue, analyzer)
    np.testing.assert_array_equal(np.isnan(similarity), [[True, False], [True, False]])
    result = fp.Recommender(catalogue, TextRanker(analyzer)).recommend(lacks(catalogue, "c"))
    assert [one.module for one in result] == ["m1", "m0"]
    assert (result[0].score or 0) > 0
    assert result[1].score is None


def test_what_is_read_in_one_way_is_read() -> None:
    catalogue = world({"c": "?!", "d": "Jura"}, {"m0": "?!", "m1": "Jura"})
    similarity = text_similarity(catalogue, "both")
    assert similarity[0, 0] > 0
    assert not np.isnan(similarity).any()


def test_texts_that_cannot_be_read_at_all() -> None:
    catalogue = world({"c": "?", "d": "!"}, {"m0": "..."})
    assert np.isnan(text_similarity(catalogue, "word")).all()
    assert np.isnan(text_similarity(world({"c": " "}, {"m0": " "}), "char")).all()
    assert np.isnan(text_similarity(world({"c": " "}, {"m0": " "}), embed=directions())).all()


def test_a_catalogue_without_modules() -> None:
    catalogue = world({"c": "Samtale"}, {})
    assert text_similarity(catalogue).shape == (1, 0)
    assert TextRanker().score(task_of(catalogue, lacks(catalogue, "c"))).shape == (1, 0)


# --- vectors of the user's own ------------------------------------------------------------------

TWO = world({"c": "A", "d": "B"}, {"m0": "X", "m1": "Y"})
RIGHT = {"A": [1.0, 0.0], "B": [0.0, 1.0], "X": [1.0, 0.0], "Y": [3.0, 4.0]}


def test_vectors_are_compared_by_their_cosine_less_the_mean() -> None:
    # The cosines are 1 and 3 / 5 for the first competence, 0 and 4 / 5 for the second; their mean
    # is (1 + 0.6 + 0 + 0.8) / 4 = 0.6, and (0.8 - 0.6) / (1 - 0.6) = 0.5 is all of its module.
    expected = [[1.0, 0.0], [0.0, 0.5]]
    np.testing.assert_array_equal(text_similarity(TWO, embed=directions(**RIGHT)), expected)


def test_to_be_the_opposite_is_to_have_nothing_in_common() -> None:
    # The cosines are 1, -1, 0 and 0, of which -1 counts as 0 in the mean: (1 + 0 + 0 + 0) / 4.
    vectors = {"A": [1, 0], "B": [0, 1], "X": [1, 0], "Y": [-1, 0]}
    expected = [[(1 - 1 / 4) / (1 - 1 / 4), 0], [0, 0]]
    np.testing.assert_array_equal(text_similarity(TWO, embed=directions(**vectors)), expected)
    vectors["X"] = [0.6, 0.8]
    # 0.6 and 0.8 have the mean 0.35, as if Y had nothing to do with A: see the next test.
    found = text_similarity(TWO, embed=directions(**vectors))
    assert found[1, 0] == pytest.approx(9 / 13 * 9 / (5**2 + 9**2) ** 0.5, abs=2**-16)


def test_what_stands_out_in_its_module_counts_more() -> None:
    vectors = {"A": [1, 0, 0], "B": [0, 1, 0], "X": [0.6, 0.8, 0.0], "Y": [0, 0, 1]}
    # The mean is (0.6 + 0.8) / 4 = 0.35; above it 5 / 13 and 9 / 13 are left of 0.65 at most,
    # and each is multiplied by its share of their length.
    length = (5**2 + 9**2) ** 0.5
    expected = [[5 / 13 * 5 / length, 0], [9 / 13 * 9 / length, 0]]
    found = text_similarity(TWO, embed=directions(**vectors))
    np.testing.assert_allclose(found, expected, atol=2**-16)


@pytest.mark.parametrize(
    "form",
    [
        np.array,
        lambda rows: np.array(rows, dtype=np.float16),
        lambda rows: np.array(rows, dtype=np.int8),
        lambda rows: np.array(rows) * np.array([[1e300], [1e-300], [7], [1e200]]),
        lambda rows: [tuple(row) for row in rows],
    ],
    ids=["float", "half", "int", "any length", "tuples"],
)
def test_vectors_of_any_kind_and_length_will_do(form: Callable[[Any], Any]) -> None:
    found = text_similarity(TWO, embed=lambda texts: form([RIGHT[one] for one in texts]))
    np.testing.assert_allclose(found, [[1, 0], [0, 0.5]], atol=1e-3)


def test_a_vector_of_nothing_is_no_text() -> None:
    found = text_similarity(TWO, embed=directions(**{**RIGHT, "X": [0, 0], "A": [0, 0]}))
    np.testing.assert_array_equal(np.isnan(found), [[True, False], [True, False]])
    assert found[0, 1] == 0


def test_vectors_are_asked_for_once_with_whole_texts_in_nfc() -> None:
    calls: list[list[str]] = []

    def embed(texts: list[str]) -> np.ndarray:
        calls.append(texts)
        return np.eye(len(texts))

    name = unicodedata.normalize("NFD", "Rådgivning")
    catalogue = world(
        {"c": {"name": name, "description": "At råde."}},
        {"m0": {"title": "Råd", "topics": "Og dåd"}, "m1": " "},
    )
    ranker = TextRanker(embed=embed)
    task = task_of(catalogue, lacks(catalogue, "c"))
    ranker.explain(task, 0, 0)
    scores = ranker.score(task)
    assert calls == [["Rådgivning\nAt råde.", "Råd\nOg dåd"]]
    np.testing.assert_array_equal(np.isnan(scores), [[False, True]])


def test_a_model_s_method_is_the_same_each_time() -> None:
    class Model:
        calls = 0

        def encode(self, texts: list[str]) -> np.ndarray:
            self.calls += 1
            return np.eye(len(texts))

    model, other = Model(), Model()
    for _ in range(3):
        text_similarity(TWO, embed=model.encode)
    text_similarity(TWO, embed=other.encode)
    assert (model.calls, other.calls) == (1, 1)


@pytest.mark.parametrize(
    ("returned", "message"),
    [
        (np.ones(4), r"shape \(4,\); expected \(4, d\)"),
        (np.ones((3, 2)), r"shape \(3, 2\); expected \(4, d\)"),
        (np.ones((2, 4)), r"shape \(2, 4\)"),
        (np.ones((4, 0)), r"shape \(4, 0\)"),
        (np.ones((4, 1, 2)), r"shape \(4, 1, 2\)"),
        (None, r"shape \(\)"),
        ([[1.0], [1.0, 2.0], [1.0], [1.0]], "no array of one shape"),
        ([["a"]] * 4, "expected numbers"),
        (np.ones((4, 2), dtype=complex), "complex128; expected numbers"),
        (np.array([[1], [np.nan], [1], [np.inf]]), "NaN or infinity in 2 rows, first 1"),
    ],
)
def test_what_is_no_vector_for_each_text_is_refused(returned: Any, message: str) -> None:
    ranker = TextRanker(embed=lambda _: returned)
    with pytest.raises(fp.errors.RankerError, match=f"embed returned .*{message}"):
        fp.Recommender(TWO, ranker).recommend(lacks(TWO, "c"))


# --- parameters ---------------------------------------------------------------------------------


def test_parameters_are_checked_all_at_once() -> None:
    with pytest.raises(fp.errors.DataError) as caught:
        text_similarity(TWO, "chars", "dk", 3)  # type: ignore[arg-type]
    analyzer, lang, embed = caught.value.problems
    assert (analyzer.field, analyzer.value, analyzer.suggestion) == ("analyzer", "chars", "char")
    assert (lang.field, lang.value, lang.expected) == ("lang", "dk", "one of 'da', 'en'")
    assert (embed.field, embed.value) == ("embed", "3")


@pytest.mark.parametrize("options", [{"analyzer": "wrod"}, {"lang": None}, {"analyzer": ["char"]}])
def test_a_ranker_with_wrong_parameters_does_not_rank(options: dict[str, Any]) -> None:
    (field,) = options
    with pytest.raises(fp.errors.DataError, match=field):
        fp.Recommender(TWO, TextRanker(**options)).recommend(lacks(TWO, "c"))


def test_it_can_be_cloned_copied_and_sent_to_another_process() -> None:
    task = task_of(COURSES, lacks(COURSES, "jura", "data"))
    ranker = TextRanker("both", lang="en")
    expected = ranker.score(task)
    for other in (clone(ranker), copy.deepcopy(ranker), pickle.loads(pickle.dumps(ranker))):
        assert other.get_params() == {"analyzer": "both", "lang": "en", "embed": None}
        np.testing.assert_array_equal(other.score(task), expected)
    assert vars(ranker) == ranker.get_params()
    assert repr(ranker) == "TextRanker(analyzer='both', lang='en', embed=None)"


def test_it_is_computed_once_for_a_catalogue_and_cannot_be_changed() -> None:
    first = text_similarity(COURSES)
    assert text_similarity(COURSES) is first
    assert text_similarity(COURSES, "word") is not first
    same = COURSES.model_copy()
    assert text_similarity(same) is not first
    np.testing.assert_array_equal(text_similarity(same), first)
    with pytest.raises(ValueError, match="read-only"):
        first[0, 0] = 1


def test_threads_get_the_same() -> None:
    catalogue = COURSES.model_copy()
    task = task_of(catalogue, lacks(catalogue, "jura", "data"))
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: TextRanker().score(task), range(16)))
    for one in found:
        np.testing.assert_array_equal(one, found[0])


def test_scikit_learn_is_loaded_only_when_texts_are_counted() -> None:
    code = "import sys, fagprofil.rankers.text; print('sklearn' in sys.modules)"
    command = [sys.executable, "-c", code]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "False\n"


# --- laws ---------------------------------------------------------------------------------------

SUBSETS = st.lists(st.booleans(), min_size=3, max_size=3)


@given(SUBSETS, SUBSETS)
@examples(40)
def test_who_lacks_more_scores_no_less(some: list[bool], more: list[bool]) -> None:
    names = list(COURSES.taxonomy.competences)
    few = [name for name, chosen in zip(names, some, strict=True) if chosen]
    many = [name for name, a, b in zip(names, some, more, strict=True) if a or b]
    people = (lacks(COURSES, *few), lacks(COURSES, *many, id="f"))
    scores = TextRanker().score(task_of(COURSES, *people))
    assert (scores[1] >= scores[0]).all()


@given(st.lists(st.text("abcdeæøå ", min_size=1), min_size=3, max_size=8))
@examples(40)
def test_scores_of_any_texts_are_explained(texts: list[str]) -> None:
    half = len(texts) // 2
    catalogue = world(
        {f"c{n}": one for n, one in enumerate(texts[:half])},
        {f"m{n}": one for n, one in enumerate(texts[half:])},
    )
    ranker = TextRanker()
    task = task_of(catalogue, lacks(catalogue, *catalogue.taxonomy.competences))
    scores = ranker.score(task)[0]
    # Nobody can be told to gain more than all that they lack.
    total = float(task.closes[0, :, -1].sum()) * UNIT
    for j, score in enumerate(scores):
        if texts[half + j].strip():
            assert 0 <= score <= total
            assert sum(reason.value for reason in ranker.explain(task, 0, j)) == score
        else:
            assert np.isnan(score)
