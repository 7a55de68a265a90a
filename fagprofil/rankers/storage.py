"""Keep a fitted ranking model in a file, without pickle: nothing in the file is run when read.

A file is a zip archive: ``ranker.json`` with parameters and what was learned, ``arrays.npz``, an
estimator of scikit-learn as skops writes it, and ``manifest.json`` with a hash of each.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp

from fagprofil.errors import MissingExtra, RankerError
from fagprofil.rankers.base import BaseRanker, learned_by
from fagprofil.rankers.fair import GroupBenefit
from fagprofil.rankers.registry import class_of_kind, kind_of
from fagprofil.version import __version__

__all__ = ["load_ranker", "save_ranker"]

_FORMAT = "fagprofil-ranker-1"
_MANIFEST, _CONTENT, _ARRAYS = "manifest.json", "ranker.json", "arrays.npz"
#: What skops does not know to be harmless, and is: making it runs nothing.
_HARMLESS = (
    "fagprofil.rankers.lambdamart.ndcg_by_group",
    "numpy.dtype",
    "sklearn.calibration._CalibratedClassifier",
    "sklearn.calibration._SigmoidCalibration",
    "sklearn.metrics._scorer._PassthroughScorer",
    "sklearn.metrics._scorer._Scorer",
    "sklearn.model_selection._split.GroupKFold",
    "sklearn.model_selection._split.GroupShuffleSplit",
    "sklearn.model_selection._split.KFold",
    "sklearn.model_selection._split.ShuffleSplit",
    "sklearn.model_selection._split.StratifiedGroupKFold",
    "sklearn.model_selection._split.StratifiedKFold",
    "sklearn.utils._bunch.Bunch",
)
#: What runs nothing either, but believes its content: made up, it could end the process.
_BELIEVING = (
    "fagprofil.rankers.lambdamart.LambdaMART",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.metrics._dist_metrics.EuclideanDistance64",
    "sklearn.neighbors._kd_tree.KDTree",
    "sklearn.tree._tree.Tree",
)
_PLAIN = (str, bool, int, type(None))
#: The kinds of arrays that are kept; those of objects would be pickled.
_NUMBERS = "biufM"


def save_ranker(ranker: BaseRanker, path: str | Path) -> str:
    """Write a ranker with all that it has learned to a file.

    What can be kept: parameters and learned attributes (those that end in an underscore) that are
    numbers, texts, lists, dicts, arrays, other rankers, or estimators of scikit-learn.

    Parameters
    ----------
    ranker
        A built-in ranker, or a `BaseRanker` of another package.
    path
        Where to; a file that is there is replaced.

    Returns
    -------
    The SHA-256 of the file, to be kept elsewhere and given to `load_ranker`.

    Raises
    ------
    RankerError
        Something that cannot be kept, such as a function.
    MissingExtra
        skops is needed to write an estimator, and is not installed.

    Examples
    --------
    >>> import tempfile
    >>> from fagprofil.rankers import CoverageRanker
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     digest = save_ranker(CoverageRanker(per="ects"), f"{folder}/mine.ranker")
    ...     load_ranker(f"{folder}/mine.ranker", digest=digest)
    CoverageRanker(per='ects', repetition=0.0)
    """
    writer = _Writer()
    content = writer.ranker(ranker, type(ranker).__name__)
    arrays = {f"{name}.npy": _numbers(one) for name, one in writer.arrays.items()}
    members = {
        _CONTENT: json.dumps(content).encode(),
        _ARRAYS: _zipped(arrays),
        **writer.estimators,
    }
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in members.items()}
    manifest = {"format": _FORMAT, "version": __version__, "sha256": hashes}
    members[_MANIFEST] = json.dumps(manifest, sort_keys=True).encode()
    packed = _zipped(members)
    _write(Path(path), packed)
    return hashlib.sha256(packed).hexdigest()


def _numbers(array: np.ndarray[Any, Any]) -> bytes:
    out = io.BytesIO()
    np.save(out, array, allow_pickle=False)
    return out.getvalue()


def _zipped(members: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in sorted(members):
            # Without the time of day, which ZipInfo leaves out by default.
            archive.writestr(zipfile.ZipInfo(name), members[name])
    return out.getvalue()


def _write(target: Path, data: bytes) -> None:
    """Written beside it and moved, so that nobody finds half a file."""
    beside = target.with_name(f"{target.name}.part")
    try:
        beside.write_bytes(data)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)


def load_ranker(
    path: str | Path,
    *,
    digest: str | None = None,
    rankers: Sequence[type[BaseRanker]] = (),
    trusted: Sequence[str] = (),
) -> BaseRanker:
    """Read a ranker from a file.

    Parameters
    ----------
    path
        A file that `save_ranker` wrote.
    digest
        The SHA-256 that `save_ranker` returned. The hashes within a file find damage; only a
        digest that was kept elsewhere finds out whether somebody changed the file. Trees need it:
        they believe what is in the file, and made up it could end the process.
    rankers
        Classes of other packages that may be made, besides the built-in ones and those of
        installed entry points.
    trusted
        Full names of types in estimators that may be made, besides those that skops trusts
        (scikit-learn's estimators, numpy's and scipy's own) and harmless parts of these.

    Raises
    ------
    RankerError
        Another digest; no such file; a file that is damaged or changed; a ranker or a type that is
        not known.
    MissingExtra
        skops is needed to read an estimator, and is not installed.
    """
    source = Path(path)
    try:
        packed = source.read_bytes()
    except OSError as error:
        raise RankerError(f"{source.name}: cannot be read: {error.strerror}") from None
    found = hashlib.sha256(packed).hexdigest()
    if digest is not None and digest != found:
        raise RankerError(f"{source.name}: its SHA-256 is {found}, expected {digest}")
    try:
        members = _members(packed, source.name)
        own = (*_HARMLESS, *(() if digest is None else _BELIEVING))
        reader = _Reader(source.name, members, tuple(rankers), {*own, *trusted})
        ranker = reader.value(json.loads(members[_CONTENT]))
    except (RankerError, MissingExtra):
        raise
    except Exception as error:
        # Damage shows itself in errors of any kind: of zip, JSON, numpy, skops or a ranker.
        told = f"damaged, or not written by save_ranker: {error!r}"
        raise RankerError(f"{source.name}: {told}") from None
    if not isinstance(ranker, BaseRanker):
        raise RankerError(f"{source.name}: holds no ranker")
    return ranker


def _members(packed: bytes, name: str) -> Mapping[str, bytes]:
    """The parts of a file, if they are those that were written."""
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        members = {one: archive.read(one) for one in archive.namelist()}
    manifest = json.loads(members.pop(_MANIFEST))
    hashes, kind = dict(manifest["sha256"]), manifest["format"]
    if kind != _FORMAT:
        raise RankerError(f"{name}: its format is {kind!r}, expected {_FORMAT!r}")
    if hashes != {one: hashlib.sha256(data).hexdigest() for one, data in members.items()}:
        raise RankerError(f"{name}: changed after it was written: the hashes do not agree")
    return members


def _skops() -> Any:
    try:
        import skops.io
    except ModuleNotFoundError:
        raise MissingExtra("keeping an estimator", "skops", "ml") from None
    return skops.io


@dataclass
class _Writer:
    """Values as JSON; arrays and estimators beside it."""

    arrays: dict[str, np.ndarray[Any, Any]] = field(default_factory=dict)
    estimators: dict[str, bytes] = field(default_factory=dict)

    def ranker(self, ranker: BaseRanker, where: str) -> dict[str, Any]:
        kind = kind_of(ranker)
        params = ranker.get_params(deep=False) if isinstance(ranker, BaseRanker) else None
        if kind is None or params is None:
            raise RankerError(
                f"{where}: a {type(ranker).__name__} cannot be kept; expected a built-in ranker, "
                "or a class that derives from BaseRanker"
            )
        parts = {"params": params, "learned": learned_by(ranker)}
        return {
            "$ranker": kind,
            **{
                part: {name: self.value(one, f"{where}.{name}") for name, one in values.items()}
                for part, values in parts.items()
            },
        }

    def value(self, value: Any, where: str) -> Any:
        if isinstance(value, np.generic):
            value = value.item()
        if isinstance(value, _PLAIN):
            return value
        if isinstance(value, float):
            return value if math.isfinite(value) else {"$float": repr(value)}
        if isinstance(value, tuple):
            return {"$tuple": [self.value(one, where) for one in value]}
        if isinstance(value, list):
            return [self.value(one, where) for one in value]
        if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
            return {"$dict": {key: self.value(one, where) for key, one in value.items()}}
        if isinstance(value, np.ndarray) and value.dtype.kind in _NUMBERS:
            return {"$array": self._array(value)}
        if isinstance(value, sp.csr_array) and value.dtype.kind in _NUMBERS:
            parts = [self._array(one) for one in (value.data, value.indices, value.indptr)]
            return {"$csr": parts, "shape": list(value.shape)}
        if isinstance(value, GroupBenefit):
            return {"$benefit": value.model_dump()}
        if isinstance(value, BaseRanker):
            return self.ranker(value, where)
        if hasattr(value, "get_params") and not isinstance(value, type):
            return {"$estimator": self._estimator(value, where)}
        raise RankerError(f"{where}: a {type(value).__name__} cannot be kept in a file")

    def _array(self, value: np.ndarray[Any, Any]) -> str:
        name = f"a{len(self.arrays)}"
        self.arrays[name] = value
        return name

    def _estimator(self, value: Any, where: str) -> str:
        skops = _skops()
        name = f"e{len(self.estimators)}.skops"
        try:
            self.estimators[name] = data = skops.dumps(value)
            # A function without a name of its own is written, but cannot be read.
            skops.loads(data, trusted=skops.get_untrusted_types(data=data))
        except RecursionError:
            told = "it refers to itself, as after set_fit_request or set_score_request"
            raise RankerError(f"{where}: skops cannot keep it: {told}") from None
        except Exception as error:
            # skops says what it cannot write in errors of several kinds.
            raise RankerError(f"{where}: skops cannot keep it: {error}") from None
        return name


@dataclass
class _Reader:
    """Values from JSON, arrays and estimators; only of kinds that are known."""

    name: str
    members: Mapping[str, bytes]
    rankers: tuple[type[Any], ...]
    trusted: set[str]

    def value(self, told: Any) -> Any:
        if isinstance(told, list):
            return [self.value(one) for one in told]
        if not isinstance(told, dict):
            return told
        kind = next((key for key in told if key.startswith("$")), "")
        if kind not in _KINDS:
            raise RankerError(f"{self.name}: a value of the unknown kind {kind!r}")
        return getattr(self, f"_{kind[1:]}")(told)

    def _float(self, told: dict[str, Any]) -> float:
        return float(told["$float"])

    def _tuple(self, told: dict[str, Any]) -> tuple[Any, ...]:
        return tuple(self.value(one) for one in told["$tuple"])

    def _dict(self, told: dict[str, Any]) -> dict[str, Any]:
        return {key: self.value(one) for key, one in told["$dict"].items()}

    def _array(self, told: dict[str, Any]) -> np.ndarray[Any, Any]:
        return self._stored(told["$array"])

    def _csr(self, told: dict[str, Any]) -> sp.csr_array:
        data, indices, indptr = (self._stored(one) for one in told["$csr"])
        return sp.csr_array((data, indices, indptr), shape=tuple(told["shape"]))

    def _benefit(self, told: dict[str, Any]) -> GroupBenefit:
        return GroupBenefit.model_validate(told["$benefit"])

    def _ranker(self, told: dict[str, Any]) -> BaseRanker:
        kind = told["$ranker"]
        made = class_of_kind(kind, self.rankers)
        if made is None:
            raise RankerError(
                f"{self.name}: holds a ranker of the unknown kind {kind!r}; install the package "
                "that offers it, or pass its class as rankers="
            )
        if not issubclass(made, BaseRanker):
            raise RankerError(f"{self.name}: {kind!r} is no class that derives from BaseRanker")
        params = {name: self.value(one) for name, one in told["params"].items()}
        ranker = made(**params)
        for name, one in told["learned"].items():
            if not name.endswith("_") or name.startswith("_"):
                raise RankerError(f"{self.name}: {name!r} is not what a ranker learns")
            setattr(ranker, name, self.value(one))
        return ranker

    def _estimator(self, told: dict[str, Any]) -> Any:
        skops, data = _skops(), self.members[told["$estimator"]]
        strange = sorted(set(skops.get_untrusted_types(data=data)) - self.trusted)
        if strange:
            believing = "the digest as digest= or " if set(strange) <= set(_BELIEVING) else ""
            raise RankerError(
                f"{self.name}: holds types that are not trusted: {', '.join(strange)}; "
                f"pass {believing}those that you trust as trusted="
            )
        return skops.loads(data, trusted=sorted(self.trusted))

    def _stored(self, name: str) -> np.ndarray[Any, Any]:
        with np.load(io.BytesIO(self.members[_ARRAYS]), allow_pickle=False) as arrays:
            found: np.ndarray[Any, Any] = arrays[name]
        return found


_KINDS = {
    f"${name}"
    for name in ("float", "tuple", "dict", "array", "csr", "benefit", "ranker", "estimator")
}
