"""What one would write instead of the library, on the same nation and with the same answer.

All are given what suits them best (levels as a matrix or as a table, numbers for ids, weights as
whole numbers so that sums are exact), made before the clock starts. They weigh the needs of today.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import scipy.sparse as sp
from nation import TOP, K, Nation

import fagprofil as fp

Picks = np.ndarray
Run = Callable[[], Any]


@dataclass(frozen=True)
class Task:
    """A nation in the forms that rivals start from."""

    nation: Nation

    @cached_property
    def levels(self) -> np.ndarray:
        """Shape (people, competences)."""
        return np.ascontiguousarray(self.nation.levels.T)

    @cached_property
    def weight(self) -> np.ndarray:
        """Of one step, in whole numbers, shape (profiles, competences)."""
        return self.nation.needs.max(axis=2)

    @cached_property
    def required(self) -> np.ndarray:
        """Levels, shape (profiles, competences)."""
        return (self.nation.needs > 0).sum(axis=2)

    @cached_property
    def taken(self) -> tuple[np.ndarray, np.ndarray]:
        """Pairs of a person and a module."""
        start, module = self.nation.passed
        return np.repeat(np.arange(self.nation.people), np.diff(start)), module

    @cached_property
    def taught(self) -> np.ndarray:
        """Levels taught, shape (modules, competences)."""
        return self._matrix(self.nation.ladder.taught)

    @cached_property
    def entry(self) -> np.ndarray:
        """Levels expected, shape (modules, competences)."""
        return self._matrix(self.nation.ladder.entry)

    @staticmethod
    def _matrix(triples: Any) -> np.ndarray:
        matrix = np.zeros(triples.shape, dtype=np.int8)
        matrix[triples.module, triples.competence] = triples.level
        return matrix

    def chunks(self, size: int) -> Iterator[slice]:
        return (slice(i, i + size) for i in range(0, self.nation.people, size))

    # --- one step of the ladder per column ------------------------------------------------------

    def steps(self, part: slice) -> np.ndarray:
        """What each step would close for some people, shape (n, competences * TOP)."""
        need = self.nation.needs.astype(np.float32)[self.nation.profile[part]]
        missing = self.levels[part][:, :, None] < np.arange(1, TOP + 1)
        return (need * missing).reshape(len(need), -1)

    @cached_property
    def reached(self) -> np.ndarray:
        """Which steps each module reaches, shape (modules, competences * TOP)."""
        reached = self.taught[:, :, None] >= np.arange(1, TOP + 1)
        return reached.reshape(len(reached), -1).astype(np.float32)

    def barred(self, part: slice) -> np.ndarray:
        """What some people may not take: expects more than they hold, or is passed."""
        modules, competences = np.nonzero(self.entry)
        short = self.levels[part][:, competences] < self.entry[modules, competences]
        found = np.zeros((len(short), len(self.entry)), dtype=np.bool_)
        person, demand = np.nonzero(short)
        found[person, modules[demand]] = True
        start, taken = self.nation.passed
        bounds = start[part.start : part.start + len(short) + 1]
        who = np.repeat(np.arange(len(short)), np.diff(bounds))
        found[who, taken[bounds[0] : bounds[-1]]] = True
        return found


def best(gain: np.ndarray, barred: np.ndarray) -> Picks:
    """The K best columns of each row: a key that ties cannot share, then argpartition and sort."""
    modules = gain.shape[1]
    keys = gain.astype(np.float64) * modules + np.arange(modules)[::-1]
    # No key is like another: argpartition is many times slower where most are.
    keys -= barred * 1e15
    top = np.argpartition(keys, -K, axis=1)[:, -K:]
    values = np.take_along_axis(keys, top, axis=1)
    order = np.argsort(-values, axis=1)
    picks = np.take_along_axis(top, order, axis=1)
    # What closes nothing has a key below the number of modules.
    return np.where(np.take_along_axis(values, order, axis=1) < modules, -1, picks)


# --- exact --------------------------------------------------------------------------------------


def python_loop(task: Task) -> Run:
    """A loop over validated objects."""
    nation, names = task.nation, task.nation.ladder.competences
    modules = list(nation.catalogue.modules.values())
    taken: dict[int, list[fp.Completion]] = {}
    for i, j in zip(*task.taken, strict=True):
        taken.setdefault(int(i), []).append(fp.Completion(module=modules[j].id))
    people = [
        fp.Employee(
            id=f"p{i}",
            profile=f"p{nation.profile[i]}",
            evidence=tuple(
                fp.Evidence(competence=name, level=int(level), kind="known")
                for name, level in zip(names, levels, strict=True)
            ),
            completed=tuple(taken.get(i, ())),
        )
        for i, levels in enumerate(task.levels)
    ]
    wanted = {
        f"p{p}": {names[k]: (int(task.weight[p, k]), int(row[k])) for k in np.flatnonzero(row)}
        for p, row in enumerate(task.required)
    }

    def best_of(person: fp.Employee) -> list[int]:
        held = {said.competence: said.level for said in person.evidence}
        passed = {one.module for one in person.completed}
        needs, scored = wanted[person.profile], []
        for j, module in enumerate(modules):
            if module.id in passed:
                continue
            if any(held[name] < level for name, level in module.entry.items()):
                continue
            gain = 0
            for name, level in module.teaches.items():
                if name in needs:
                    weight, required = needs[name]
                    gain += weight * max(0, min(level, required) - held[name])
            if gain > 0:
                scored.append((-gain, j))
        return [j for _, j in sorted(scored)[:K]]

    return lambda: _padded([best_of(person) for person in people])


def _padded(lists: list[list[int]]) -> Picks:
    picks = np.full((len(lists), K), -1)
    for i, one in enumerate(lists):
        picks[i, : len(one)] = one
    return picks


def numpy_broadcast(task: Task) -> Run:
    """People x modules x competences at once, in small chunks."""
    taught = task.taught[None]

    def chunk(part: slice) -> Picks:
        profile, held = task.nation.profile[part], task.levels[part][:, None]
        reach = np.minimum(taught, task.required[profile][:, None].astype(np.int8))
        steps = np.maximum(reach - held, 0)
        gain = (steps * task.weight[profile][:, None]).sum(axis=2)
        return best(gain, task.barred(part))

    return lambda: np.concatenate([chunk(part) for part in task.chunks(32)])


def numpy_product(task: Task) -> Run:
    """One dense product of float32 for each chunk, then masks."""

    def chunk(part: slice) -> Picks:
        return best(task.steps(part) @ task.reached.T, task.barred(part))

    return lambda: np.concatenate([chunk(part) for part in task.chunks(1000)])


def scipy_product(task: Task) -> Run:
    """A sparse product of sparse people and sparse modules."""
    reached = sp.csr_array(task.reached.T)

    def chunk(part: slice) -> Picks:
        gain = (sp.csr_array(task.steps(part)) @ reached).toarray()
        return best(gain, task.barred(part))

    return lambda: np.concatenate([chunk(part) for part in task.chunks(1000)])
