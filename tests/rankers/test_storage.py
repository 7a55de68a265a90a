"""What is kept comes back the same; what was changed, or could run something, is refused."""

from __future__ import annotations

import hashlib
import io
import json
import os
import pickle
import subprocess
import sys
import tempfile
import warnings
import zipfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
import sklearn
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import (
    HistGradientBoostingRegressor,
    RandomForestRegressor,
    StackingRegressor,
)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import Lasso, LogisticRegression, Ridge
from sklearn.metrics import make_scorer
from sklearn.model_selection import GridSearchCV, GroupKFold, RandomizedSearchCV, ShuffleSplit
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from worlds import examples

import fagprofil as fp
from fagprofil.errors import RankerError
from fagprofil.evaluation import synthetic
from fagprofil.fingerprint import fingerprint
from fagprofil.rankers import (
    BaseRanker,
    BlendRanker,
    CoverageRanker,
    DiverseRanker,
    FairRanker,
    FunctionRanker,
    History,
    HistoryRanker,
    LearnedRanker,
    PopularRanker,
    RankingTask,
    TextRanker,
    get_ranker,
    load_ranker,
    ranker_names,
    save_ranker,
)
from fagprofil.rankers.lambdamart import LambdaMART, ndcg_by_group

pytest.importorskip("skops")


@cache
def world() -> tuple[fp.Catalogue, RankingTask, History]:
    """People who have taken what was useful to them."""
    made = synthetic(people=120, modules=15, competences=8, profiles=2, signal=4.0, seed=1)
    catalogue = made.dataset.catalogue
    task, history = fp.Recommender(catalogue).to_learn_from(made.dataset.people)
    return catalogue, task, history


def learned(ranker: Any) -> Any:
    _, task, history = world()
    return ranker.fit(task, history) if hasattr(ranker, "fit") else ranker


class Shift(BaseRanker):
    """A ranker of another package: keeps what can be kept."""

    def __init__(self, by: Any = 0.0, others: Any = ()) -> None:
        self.by = by
        self.others = others

    def fit(self, task: RankingTask, history: History) -> Shift:
        self.taken_ = np.bincount(history.module, minlength=task.shape[1])
        self.passed_ = history.passed
        self.note_ = {"$array": "a0", "days": history.last_days, "none": None}
        self.private = "forgotten"
        return self

    def score(self, task: RankingTask) -> Any:
        return task.gain + self.by + 1e-3 * self.taken_


class OwnRidge(Ridge):
    """An estimator of another package."""

    def fit(self, X: Any, y: Any) -> Any:  # noqa: N803
        return super().fit(np.nan_to_num(X), y)

    def predict(self, X: Any) -> Any:  # noqa: N803
        return super().predict(np.nan_to_num(X))


# --- what is kept -------------------------------------------------------------------------------

#: With few and simple parameters, so that all of it is quick.
FEW: Mapping[str, Any] = {
    "features": ("gain", "repetition", "popularity", "usefulness"),
    "folds": 2,
}
RIDGE = make_pipeline(SimpleImputer(keep_empty_features=True), Ridge())


def many() -> dict[str, BaseRanker]:
    kept: dict[str, Any] = {name: get_ranker(name) for name in ranker_names()}
    searched = GridSearchCV(RIDGE, {"ridge__alpha": [1.0, 10.0]}, cv=2)
    return kept | {
        "coverage with parameters": CoverageRanker(per="ects", repetition=0.25),
        "diverse by history": DiverseRanker(HistoryRanker("knn", neighbours=3), relevance=0.5),
        "fair by ids": FairRanker(
            "popular", groups={f"p{n:04}": "ab"[n % 2] for n in range(120)}, bound=1.0
        ),
        "blend": BlendRanker(["coverage", HistoryRanker(l2=9.0)], weights=[2, 1.5], how="ranks"),
        "learned by trees": LearnedRanker(
            HistGradientBoostingRegressor(max_iter=20, random_state=0), **FEW
        ),
        "learned by a search": LearnedRanker(searched, **FEW),
        "learned with history": LearnedRanker(RIDGE, rankers=("history", PopularRanker()), **FEW),
        "learned lists": LearnedRanker(LambdaMART(trees=10), "taken", negatives=5, **FEW),
    }


@pytest.mark.filterwarnings("ignore:LearnedRanker learned what people take")
@pytest.mark.parametrize("name", many())
def test_a_ranker_comes_back_the_same(name: str, tmp_path: Path) -> None:
    ranker = learned(many()[name])
    # There is something to be learned here.
    assert getattr(ranker, "weight_", 1) > 0
    digest = save_ranker(ranker, tmp_path / "kept.ranker")
    found = load_ranker(tmp_path / "kept.ranker", digest=digest)
    _, task, _ = world()
    assert type(found) is type(ranker)
    assert repr(found) == repr(ranker)
    assert found.score(task).tobytes() == ranker.score(task).tobytes()
    i, j = np.argwhere(task.eligible & ~np.isnan(ranker.score(task)))[0].tolist()
    assert found.explain(task, i, j) == ranker.explain(task, i, j)
    assert fingerprint(found) == fingerprint(ranker)


def test_a_recommender_is_the_same_with_what_was_kept(tmp_path: Path) -> None:
    catalogue, _, _ = world()
    ranker = learned(HistoryRanker())
    save_ranker(ranker, tmp_path / "kept.ranker")
    found = fp.Recommender(catalogue, load_ranker(tmp_path / "kept.ranker"))
    assert found.version == fp.Recommender(catalogue, ranker).version
    assert found.version != fp.Recommender(catalogue, HistoryRanker()).version


def test_what_was_not_fitted_comes_back_so(tmp_path: Path) -> None:
    save_ranker(HistoryRanker(l2=7.0), tmp_path / "kept.ranker")
    found = load_ranker(tmp_path / "kept.ranker")
    assert vars(found) == vars(HistoryRanker(l2=7.0))


class Values(BaseRanker):
    def __init__(self, value: Any = None) -> None:
        self.value = value

    def score(self, task: RankingTask) -> Any:
        return task.gain


numbers = st.integers() | st.floats() | st.booleans() | st.none() | st.text()
values = st.recursive(
    numbers,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text(max_size=3) | st.just("$ranker"), inner, max_size=3)
    ),
    max_leaves=6,
)


@examples(150)
@given(value=values)
def test_plain_values_come_back_as_they_were(
    value: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "values.ranker"
    digest = save_ranker(Values(value), path)
    found = load_ranker(path, digest=digest, rankers=[Values])
    # Types, and the one number that differs from itself, are compared by the text.
    assert repr(found.value) == repr(value)
    assert fingerprint(found) == fingerprint(Values(value))
    assert save_ranker(found, path) == digest


@pytest.mark.parametrize(
    "value",
    [
        np.array([[1.5, np.nan], [-np.inf, -0.0]]),
        np.array([1, 2], dtype=np.int8),
        np.zeros((0, 3), dtype=np.float32),
        np.array(True),
        np.array(["2025-01-15", "NaT"], dtype="datetime64[D]"),
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        sp.csr_array(np.array([[0, 2.5], [0, 0]])),
        sp.csr_array((0, 4)),
    ],
    ids=repr,
)
def test_arrays_come_back_as_they_were(value: Any, tmp_path: Path) -> None:
    save_ranker(Values(value), tmp_path / "kept.ranker")
    found = load_ranker(tmp_path / "kept.ranker", rankers=[Values]).value
    assert type(found) is type(value)
    assert (found.dtype, found.shape) == (value.dtype, value.shape)
    assert fingerprint(found) == fingerprint(value)


def test_numbers_of_numpy_come_back_as_plain_ones(tmp_path: Path) -> None:
    given = [np.float64(0.1), np.float32(0.1), np.int8(3), np.bool_(True), np.str_("x")]
    save_ranker(Values(given), tmp_path / "kept.ranker")
    found = load_ranker(tmp_path / "kept.ranker", rankers=[Values])
    assert found.value == [0.1, float(np.float32(0.1)), 3, True, "x"]
    assert fingerprint(found) == fingerprint(Values(given))


# --- another package ----------------------------------------------------------------------------


def test_a_class_of_another_package_is_made_if_it_is_passed(tmp_path: Path) -> None:
    inner = Shift(by=1.5, others=[HistoryRanker(l2=3.0), None])
    ranker = learned(DiverseRanker(inner))
    digest = save_ranker(ranker, tmp_path / "kept.ranker")
    told = "unknown kind 'test_storage:Shift'; install the package that offers it, or pass its"
    with pytest.raises(RankerError, match=told):
        load_ranker(tmp_path / "kept.ranker")
    found = load_ranker(tmp_path / "kept.ranker", digest=digest, rankers=[Shift])
    _, task, _ = world()
    assert found.score(task).tobytes() == ranker.score(task).tobytes()
    assert fingerprint(found) == fingerprint(ranker)
    assert vars(found.ranker_).keys() == vars(ranker.ranker_).keys() - {"private"}


def test_a_broken_package_does_not_keep_built_in_rankers_from_being_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = tmp_path / "broken-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[fagprofil.rankers]\nbroken = no_such_module:Ranker\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert "broken" in ranker_names()
    save_ranker(CoverageRanker(), tmp_path / "kept.ranker")
    assert isinstance(load_ranker(tmp_path / "kept.ranker"), CoverageRanker)


# --- what cannot be kept ------------------------------------------------------------------------


def embed(texts: list[str]) -> np.ndarray:
    return np.ones((len(texts), 2))


class Duck:
    def score(self, task: RankingTask) -> Any:
        return task.gain


@pytest.mark.parametrize(
    ("ranker", "told"),
    [
        (TextRanker(embed=embed), "TextRanker.embed: a function cannot be kept"),
        (FunctionRanker(embed), "FunctionRanker: a FunctionRanker cannot be kept"),
        (BlendRanker(["text", embed]), "BlendRanker.rankers: a function cannot be kept"),
        (DiverseRanker(Duck()), "DiverseRanker.ranker: a Duck cannot be kept"),
        (Duck(), "a Duck cannot be kept; expected a built-in ranker, or a class that derives"),
        ("coverage", "a str cannot be kept"),
        (Values({1: 2}), "Values.value: a dict cannot be kept"),
        (Values([{"deep": {3}}]), "Values.value: a set cannot be kept"),
        (Values(np.array([object()])), "Values.value: a ndarray cannot be kept"),
        (Values(np.array(["text"])), "Values.value: a ndarray cannot be kept"),
        (Values(sp.csc_array((2, 2))), "Values.value: a csc_array cannot be kept"),
        (Values(np.datetime64("2025-01-15")), "Values.value: a date cannot be kept"),
        (Values(Values), "Values.value: a type cannot be kept"),
        (Values(Ridge), "Values.value: a ABCMeta cannot be kept"),
        (Values(LearnedRanker(FunctionTransformer(lambda x: x))), "skops cannot keep it"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_what_cannot_be_kept_is_told_and_nothing_is_written(
    ranker: Any, told: str, tmp_path: Path
) -> None:
    path = tmp_path / "kept.ranker"
    path.write_text("what was there before")
    with pytest.raises(RankerError, match=told):
        save_ranker(ranker, path)
    assert path.read_text() == "what was there before"
    assert [one.name for one in tmp_path.iterdir()] == ["kept.ranker"]


@pytest.mark.parametrize("step", ["write_bytes", "replace"])
def test_half_a_file_is_never_left(
    step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "kept.ranker"
    digest = save_ranker(CoverageRanker(per="ects"), path)

    def full(self: Path, data: Any) -> None:
        if step == "write_bytes":
            with self.open("wb") as file:
                file.write(data[: len(data) // 2])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, step, full)
    with pytest.raises(OSError, match="No space left"):
        save_ranker(CoverageRanker(per="price"), path)
    monkeypatch.undo()
    assert load_ranker(path, digest=digest).per == "ects"
    assert [one.name for one in tmp_path.iterdir()] == ["kept.ranker"]


def test_the_same_ranker_gives_the_same_file(tmp_path: Path) -> None:
    digests = {save_ranker(learned(HistoryRanker()), tmp_path / name) for name in ("a", "b")}
    assert len(digests) == 1
    (digest,) = digests
    assert digest == hashlib.sha256((tmp_path / "a").read_bytes()).hexdigest()


def test_what_an_estimator_asks_for_by_metadata_routing(tmp_path: Path) -> None:
    with sklearn.config_context(enable_metadata_routing=True):
        lists = LambdaMART().set_fit_request(groups=True)
        points = Ridge().set_fit_request(sample_weight=True)
    digest = save_ranker(LearnedRanker(lists), tmp_path / "kept.ranker")
    # It asks for groups of itself.
    found = load_ranker(tmp_path / "kept.ranker", digest=digest)
    assert fingerprint(found) == fingerprint(LearnedRanker(LambdaMART()))
    with pytest.raises(RankerError, match="it refers to itself, as after set_fit_request"):
        save_ranker(LearnedRanker(points), tmp_path / "kept.ranker")


# --- what was changed ---------------------------------------------------------------------------


@cache
def packed() -> bytes:
    """A file with arrays and an estimator in it."""
    ranker = learned(LearnedRanker(RIDGE, rankers=("history",), **FEW))
    return saved(ranker)


def saved(ranker: BaseRanker) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        save_ranker(ranker, Path(folder, "kept.ranker"))
        return Path(folder, "kept.ranker").read_bytes()


def members_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def repacked(members: Mapping[str, bytes], *, hashed: bool) -> bytes:
    """A file of these members, with a manifest that agrees or the one that was there."""
    members = dict(members)
    if hashed:
        manifest = json.loads(members.pop("manifest.json"))
        manifest["sha256"] = {
            name: hashlib.sha256(data).hexdigest() for name, data in members.items()
        }
        members["manifest.json"] = json.dumps(manifest).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def load(data: bytes, path: Path, **options: Any) -> BaseRanker:
    path.write_bytes(data)
    return load_ranker(path, **options)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "kept.ranker"


def test_another_digest_is_refused(path: Path) -> None:
    digest = save_ranker(CoverageRanker(), path)
    other = hashlib.sha256(b"").hexdigest()
    with pytest.raises(
        RankerError, match=f"kept.ranker: its SHA-256 is {digest}, expected {other}"
    ):
        load_ranker(path, digest=other)


def added(members: dict[str, bytes]) -> None:
    members["more.json"] = b"{}"


def removed(members: dict[str, bytes]) -> None:
    del members["arrays.npz"]


def replaced(members: dict[str, bytes]) -> None:
    members["ranker.json"] = members["ranker.json"].replace(b'"folds": 2', b'"folds": 3')


@pytest.mark.parametrize("change", [added, removed, replaced])
@pytest.mark.parametrize("hashed", [False, True])
def test_a_file_that_somebody_changed_is_found_out(
    change: Callable[[dict[str, bytes]], None], hashed: bool, path: Path
) -> None:
    digest = hashlib.sha256(packed()).hexdigest()
    members = members_of(packed())
    change(members)
    assert members != members_of(packed())
    changed = repacked(members, hashed=hashed)
    with pytest.raises(RankerError, match="its SHA-256 is"):
        load(changed, path, digest=digest)
    if not hashed:
        # Damage is found without a digest too.
        with pytest.raises(RankerError, match="the hashes do not agree"):
            load(changed, path)


@examples(200)
@given(st.data())
def test_a_changed_byte_is_found_or_means_nothing(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.getbasetemp() / "changed.ranker"
    whole = bytearray(packed())
    at = data.draw(st.integers(0, len(whole) - 1))
    whole[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(RankerError, match="its SHA-256 is"):
        load(bytes(whole), path, digest=hashlib.sha256(packed()).hexdigest())
    try:
        found = load(bytes(whole), path)
    except RankerError:
        return
    # Some bytes of a zip archive tell of dates and systems only.
    path.write_bytes(packed())
    assert fingerprint(found) == fingerprint(load_ranker(path))


@examples(100)
@given(st.data())
def test_a_file_that_was_cut_is_damaged(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.getbasetemp() / "cut.ranker"
    size = data.draw(st.integers(0, len(packed()) - 1))
    with pytest.raises(RankerError, match=r"cut\.ranker: damaged, or not written by save_ranker"):
        load(packed()[:size], path)


def with_content(content: Any, **more: bytes) -> bytes:
    """A file whose hashes agree, with this in it."""
    members = members_of(saved(CoverageRanker()))
    members["ranker.json"] = content if isinstance(content, bytes) else json.dumps(content).encode()
    return repacked(members | more, hashed=True)


COVERAGE: Mapping[str, Any] = {"$ranker": "coverage", "params": {}, "learned": {}}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ({**COVERAGE, "$ranker": "covrage"}, "unknown kind 'covrage'"),
        ({**COVERAGE, "$ranker": "os:system"}, "unknown kind 'os:system'"),
        ({**COVERAGE, "$ranker": "builtins:object"}, "unknown kind 'builtins:object'"),
        ({**COVERAGE, "$ranker": ["coverage"]}, "damaged, or not written by save_ranker"),
        ({**COVERAGE, "params": {"per": {"$call": "os.system"}}}, "unknown kind '\\$call'"),
        ({**COVERAGE, "params": {"per": {"$value": 1}}}, "unknown kind '\\$value'"),
        ({**COVERAGE, "params": {"per": {"plain": 1}}}, "unknown kind ''"),
        ({**COVERAGE, "params": {"hours": 1}}, "damaged, or not .* 'hours'"),
        ({**COVERAGE, "learned": {"score": 1}}, "'score' is not what a ranker learns"),
        ({**COVERAGE, "learned": {"__class__": 1}}, "'__class__' is not what a ranker learns"),
        ({**COVERAGE, "learned": {"_made_": 1}}, "'_made_' is not what a ranker learns"),
        ({**COVERAGE, "learned": {"x_": {"$array": "a9"}}}, "damaged, or not written"),
        ({**COVERAGE, "learned": {"x_": {"$estimator": "e9.skops"}}}, "damaged, or not written"),
        ({**COVERAGE, "learned": {"x_": {"$float": "many"}}}, "damaged, or not written"),
        ({**COVERAGE, "learned": {"x_": {"$csr": ["a0"], "shape": [1]}}}, "damaged, or not"),
        ({**COVERAGE, "learned": {"x_": {"$benefit": {"group": 1}}}}, "damaged, or not written"),
        ({"$ranker": "coverage"}, "damaged, or not written"),
        ({"$tuple": []}, "holds no ranker"),
        ([], "holds no ranker"),
        (b"{", "damaged, or not written"),
        (b"[" * 100_000, "damaged, or not written"),
        (b"\xff", "damaged, or not written"),
    ],
    ids=str,
)
def test_what_save_ranker_does_not_write_is_refused(content: Any, told: str, path: Path) -> None:
    with pytest.raises(RankerError, match=f"(?s)kept.ranker: .*{told}"):
        load(with_content(content), path)


def test_a_class_that_is_no_ranker_is_not_made(path: Path) -> None:
    with pytest.raises(RankerError, match="no class that derives from BaseRanker"):
        load(with_content({**COVERAGE, "$ranker": "test_storage:Duck"}), path, rankers=[Duck])


@pytest.mark.parametrize(
    "data", [b"", b"text", b"PK\x05\x06" + bytes(18)], ids=["empty", "text", "empty archive"]
)
def test_another_kind_of_file_is_refused(data: bytes, path: Path) -> None:
    with pytest.raises(RankerError, match=r"kept\.ranker: damaged, or not written by save_ranker"):
        load(data, path)


def test_another_format_is_refused(path: Path) -> None:
    members = members_of(packed())
    members["manifest.json"] = members["manifest.json"].replace(b"ranker-1", b"ranker-2")
    with pytest.raises(RankerError, match="its format is 'fagprofil-ranker-2', expected"):
        load(repacked(members, hashed=True), path)


def test_a_file_that_is_not_there_is_told(path: Path) -> None:
    with pytest.raises(RankerError, match=r"kept\.ranker: cannot be read: No such file"):
        load_ranker(path)
    with pytest.raises(RankerError, match="cannot be read: Is a directory"):
        load_ranker(path.parent)


# --- what could run something -------------------------------------------------------------------


class Trap:
    """Leaves a mark when it is unpickled."""

    mark = ""

    def __reduce__(self) -> Any:
        return (Path(Trap.mark).touch, ())


def test_pickles_among_arrays_are_not_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mark = path.with_name("mark")
    monkeypatch.setattr(Trap, "mark", str(mark))
    arrays = io.BytesIO()
    np.savez(arrays, a0=np.array([Trap()], dtype=object))
    content = {**COVERAGE, "learned": {"x_": {"$array": "a0"}}}
    with pytest.raises(RankerError, match="Object arrays cannot be loaded"):
        load(with_content(content, **{"arrays.npz": arrays.getvalue()}), path)
    # A pickle in place of the archive is no better.
    with pytest.raises(RankerError, match="damaged, or not written"):
        load(with_content(content, **{"arrays.npz": pickle.dumps(Trap())}), path)
    assert not mark.exists()


def test_types_that_are_not_trusted_are_refused(path: Path) -> None:
    ranker = learned(LearnedRanker(OwnRidge(), **FEW))
    assert ranker.weight_ > 0
    digest = save_ranker(ranker, path)
    told = r"not trusted: test_storage\.OwnRidge; pass those that you trust as trusted="
    with pytest.raises(RankerError, match=told):
        load_ranker(path, digest=digest)
    found = load_ranker(path, digest=digest, trusted=["test_storage.OwnRidge"])
    _, task, _ = world()
    assert found.score(task).tobytes() == ranker.score(task).tobytes()


@pytest.mark.parametrize(
    ("estimator", "told"),
    [
        (RandomForestRegressor(3, random_state=0), r"sklearn\.tree\._tree\.Tree"),
        (HistGradientBoostingRegressor(max_iter=3), r"sklearn\.ensemble\..*\.TreePredictor"),
        (LambdaMART(), r"fagprofil\.rankers\.lambdamart\.LambdaMART"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_could_end_the_process_needs_the_digest(estimator: Any, told: str, path: Path) -> None:
    ranker = LearnedRanker(estimator)
    ranker.estimator_ = estimator.fit(np.arange(60.0).reshape(30, 2), np.linspace(0, 1, 30))
    digest = save_ranker(ranker, path)
    with pytest.raises(RankerError, match=f"not trusted: {told}; pass the digest as digest= or"):
        load_ranker(path)
    found = load_ranker(path, digest=digest)
    rows = np.arange(8.0).reshape(4, 2)
    np.testing.assert_array_equal(found.estimator_.predict(rows), ranker.estimator_.predict(rows))


@pytest.mark.parametrize(
    "estimator",
    [
        LogisticRegression(),
        CalibratedClassifierCV(LogisticRegression(), cv=2),
        StackingRegressor([("ridge", Ridge()), ("lasso", Lasso(0.1))], cv=2),
        GridSearchCV(Ridge(), {"alpha": [1.0, 2.0]}, cv=2),
        RandomizedSearchCV(
            Ridge(), {"alpha": [1.0, 2.0]}, n_iter=1, cv=ShuffleSplit(2, random_state=0)
        ),
        GridSearchCV(
            RIDGE,
            {"ridge__alpha": np.logspace(0, 1, 2)},
            cv=GroupKFold(2),
            scoring=make_scorer(ndcg_by_group, k=5),
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_estimators_of_scikit_learn_are_kept(estimator: Any, path: Path) -> None:
    rows = np.random.default_rng(0).normal(size=(60, 3))
    value = rows[:, 0] > 0
    given = {"groups": np.arange(60) % 6} if isinstance(estimator, GridSearchCV) else {}
    ranker = LearnedRanker(estimator)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The groups parameter is ignored")
        ranker.estimator_ = clone(estimator).fit(rows, value, **given)
    save_ranker(ranker, path)
    found = load_ranker(path)
    np.testing.assert_array_equal(found.estimator_.predict(rows), ranker.estimator_.predict(rows))
    assert fingerprint(found) == fingerprint(ranker)


def test_a_function_inside_an_estimator_is_refused(path: Path) -> None:
    save_ranker(LearnedRanker(FunctionTransformer(os.system)), path)
    with pytest.raises(RankerError, match=r"not trusted: posix\.system"):
        load_ranker(path)


def test_nothing_of_a_file_is_imported(path: Path) -> None:
    content = {**COVERAGE, "$ranker": "antigravity:Ranker"}
    path.write_bytes(with_content(content))
    code = (
        "import sys; from fagprofil.rankers import load_ranker\n"
        "try: load_ranker(sys.argv[1])\n"
        "except ValueError: print('antigravity' in sys.modules)"
    )
    command = [sys.executable, "-c", code, str(path)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "False\n"


# --- without skops ------------------------------------------------------------------------------


def test_only_estimators_need_skops(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = packed()
    monkeypatch.setitem(sys.modules, "skops.io", None)
    save_ranker(learned(HistoryRanker()), path)
    assert isinstance(load_ranker(path), HistoryRanker)
    with pytest.raises(fp.errors.MissingExtra, match=r"skops; install it with: .*fagprofil\[ml\]"):
        save_ranker(LearnedRanker(Ridge()), path)
    with pytest.raises(fp.errors.MissingExtra, match="skops"):
        load(data, path)
