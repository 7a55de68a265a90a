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
from fagprofil.rankers.registry import kind_of, known_kinds
from fagprofil.version import __version__

__all__ = ["load_ranker", "save_ranker"]

_FORMAT = "fagprofil-ranker-1"
_MANIFEST, _CONTENT, _ARRAYS = "manifest.json", "ranker.json", "arrays.npz"
#: What skops does not know to be harmless, and is.
_HARMLESS = ("fagprofil.rankers.lambdamart.LambdaMART", "numpy.dtype")
_PLAIN = (str, bool, int, type(None))


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
    arrays = io.BytesIO()
    np.savez(arrays, allow_pickle=False, **writer.arrays)
    members = {
        _CONTENT: json.dumps(content, ensure_ascii=False, sort_keys=True).encode(),
        _ARRAYS: arrays.getvalue(),
        **writer.estimators,
    }
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in members.items()}
    manifest = {"format": _FORMAT, "version": __version__, "sha256": hashes}
    members[_MANIFEST] = json.dumps(manifest, sort_keys=True).encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(members):
            # Without the time of day, which ZipInfo leaves out by default.
            archive.writestr(zipfile.ZipInfo(name), members[name])
    # Written beside it and moved, so that nobody finds half a file.
    target = Path(path)
    beside = target.with_name(f"{target.name}.part")
    beside.write_bytes(packed.getvalue())
    beside.replace(target)
    return hashlib.sha256(packed.getvalue()).hexdigest()


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
        digest that was kept elsewhere finds out whether somebody changed the file.
    rankers
        Classes of other packages that may be made, besides the built-in ones and those of
        installed entry points.
    trusted
        Full names of types in estimators that may be made, besides those that skops trusts
        (scikit-learn's own, numpy's and scipy's).

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
    members = _members(packed, source.name)
    classes = {f"{one.__module__}:{one.__qualname__}": one for one in rankers}
    reader = _Reader(source.name, members, {**known_kinds(), **classes}, tuple(trusted))
    try:
        ranker = reader.value(json.loads(members[_CONTENT]))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        if isinstance(error, RankerError):
            raise
        raise RankerError(f"{source.name}: not what save_ranker writes: {error!r}") from None
    if not isinstance(ranker, BaseRanker):
        raise RankerError(f"{source.name}: holds no ranker")
    return ranker


def _members(packed: bytes, name: str) -> Mapping[str, bytes]:
    """The parts of a file, if they are those that were written."""
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            members = {one: archive.read(one) for one in archive.namelist()}
        manifest = json.loads(members.pop(_MANIFEST))
        hashes, kind = dict(manifest["sha256"]), manifest["format"]
    except (zipfile.BadZipFile, KeyError, TypeError, ValueError, EOFError, OSError):
        raise RankerError(f"{name}: damaged, or not written by save_ranker") from None
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
        if isinstance(value, np.ndarray) and value.dtype.kind in "biufM":
            return {"$array": self._array(value)}
        if hasattr(value, "tocsr"):
            rows = value.tocsr()
            parts = [self._array(one) for one in (rows.data, rows.indices, rows.indptr)]
            return {"$csr": parts, "shape": list(rows.shape)}
        if isinstance(value, GroupBenefit):
            return {"$benefit": value.model_dump()}
        if isinstance(value, BaseRanker):
            return self.ranker(value, where)
        if hasattr(value, "get_params") and hasattr(value, "fit"):
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
            self.estimators[name] = skops.dumps(value)
        except Exception as error:
            # skops says what it cannot write in errors of several kinds.
            raise RankerError(f"{where}: skops cannot keep it: {error}") from None
        return name


@dataclass
class _Reader:
    """Values from JSON, arrays and estimators; only of kinds that are known."""

    name: str
    members: Mapping[str, bytes]
    kinds: Mapping[str, type[Any]]
    trusted: tuple[str, ...]

    def value(self, told: Any) -> Any:
        if isinstance(told, list):
            return [self.value(one) for one in told]
        if not isinstance(told, dict):
            return told
        kind = next(key for key in told if key.startswith("$"))
        made = getattr(self, f"_{kind[1:]}", None) if kind in _KINDS else None
        if made is None:
            raise RankerError(f"{self.name}: a value of the unknown kind {kind!r}")
        return made(told)

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
        if kind not in self.kinds:
            raise RankerError(
                f"{self.name}: holds a ranker of the unknown kind {kind!r}; install the package "
                "that offers it, or pass its class as rankers="
            )
        made = self.kinds[kind]
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
        allowed = {*_HARMLESS, *self.trusted}
        strange = sorted(set(skops.get_untrusted_types(data=data)) - allowed)
        if strange:
            raise RankerError(
                f"{self.name}: holds types that are not trusted: {', '.join(strange)}; pass those "
                "that you trust as trusted="
            )
        return skops.loads(data, trusted=sorted(allowed))

    def _stored(self, name: str) -> np.ndarray[Any, Any]:
        with np.load(io.BytesIO(self.members[_ARRAYS]), allow_pickle=False) as arrays:
            found: np.ndarray[Any, Any] = arrays[name]
        return found


_KINDS = {
    f"${name}"
    for name in ("float", "tuple", "dict", "array", "csr", "benefit", "ranker", "estimator")
}
