"""Why modules are left out of a pathway, and why a part of the gap stays open, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from fagprofil.ladder import UNIT
from fagprofil.model import Module, Text
from fagprofil.planning.doors import PathwayRule
from fagprofil.planning.limits import amount_text
from fagprofil.planning.pathway_plan import first_reached
from fagprofil.planning.pathway_results import LeftOut, OpenGap, WhyOpen
from fagprofil.planning.pathway_task import PathwayTask, Plan

__all__ = ["left_out", "open_gaps"]

#: So many modules are named that would reach a step.
_NAMED = 5

_WORDS: Mapping[PathwayRule, Text] = {
    PathwayRule.EXCLUDED: Text(da="fravalgt i kaldet", en="excluded by the caller"),
    PathwayRule.TAKEN: Text(da="allerede bestået", en="already passed"),
    PathwayRule.PROGRAMME: Text(
        da="hører ikke til uddannelsen og kan ikke hentes udefra",
        en="is not of the programme and cannot come from outside it",
    ),
    PathwayRule.MAX_YEARS: Text(
        da="kommer efter den frist, uddannelsen skal være afsluttet inden",
        en="comes after the programme must be finished",
    ),
    PathwayRule.NOT_VALID: Text(da="gælder ikke ved start", en="is not valid at the start"),
    PathwayRule.NO_RUN: Text(
        da="intet hold i perioden, man kan nå at melde sig til",
        en="no run in the period that one can still enrol for",
    ),
    PathwayRule.PROJECT: Text(
        da="det er ikke kendt, hvad der skal være bestået før projektet",
        en="it is not known what must be passed before the project",
    ),
    PathwayRule.ENTRY: Text(
        da="forudsætter niveauer, der ikke kan nås forinden",
        en="expects levels that cannot be reached before",
    ),
    PathwayRule.CLOSES_NOTHING: Text(
        da="lukker intet af afstanden og åbner ikke for noget, der gør",
        en="closes nothing of the gap and opens nothing that does",
    ),
}
_FACTS: Mapping[str, Text] = {
    "ects": Text(da="ECTS", en="ECTS"),
    "price": Text(da="pris", en="price"),
    "teaching_days": Text(da="undervisningsdage", en="teaching days"),
}


def left_out(task: PathwayTask) -> Iterator[LeftOut]:
    """The modules that cannot be planned, in their order."""
    for module in task.asked.catalogue.modules.values():
        rules = rules_of(task, module)
        if None not in rules:
            said = list(dict.fromkeys(_why(task, module, t, rule) for t, rule in enumerate(rules)))
            rule = next(one for one in rules if one is not None)
            yield LeftOut(module=module.id, rule=rule, reason=_joined(said))


def rules_of(task: PathwayTask, module: Module) -> tuple[PathwayRule | None, ...]:
    """For each period why a module is not among those to choose from; None where it is."""
    rules, first = task.rules[module.id], task.earliest.get(module.id, 0)
    found = [
        PathwayRule.ENTRY if rule is None and t < first else rule for t, rule in enumerate(rules)
    ]
    if None in found and module.id not in task.position:
        return tuple(PathwayRule.CLOSES_NOTHING if rule is None else rule for rule in found)
    return tuple(found)


def _joined(said: Sequence[Text]) -> Text:
    return Text(
        da="; ".join(one.in_("da") for one in said), en="; ".join(one.in_("en") for one in said)
    )


def _why(task: PathwayTask, module: Module, t: int, rule: PathwayRule | None) -> Text:
    if rule is PathwayRule.UNKNOWN:
        facts = _joined([_FACTS[one] for one in task.doors.unknown(module)])
        return Text(
            da=f"ikke kendt, men der er en grænse: {facts.da}",
            en=f"not known, but there is a limit: {facts.en}",
        )
    if rule is PathwayRule.FORMAL_ENTRY:
        return _formal(task, module, t)
    return _WORDS[rule or PathwayRule.CLOSES_NOTHING]


def _formal(task: PathwayTask, module: Module, t: int) -> Text:
    """What the law asks on entry, and what the person has by then."""
    doors, period = task.doors, task.asked.periods[t]
    entries = doors.formal_entries(module)
    level = max((one.education_level or 0 for one in entries), default=0)
    years = max((one.relevant_years or 0 for one in entries), default=0)
    have, had = doors.education, doors.years(period)
    da, en = [], []
    if level:
        da.append(f"uddannelse på mindst niveau {level} (har {'ukendt' if have is None else have})")
        en.append(
            f"education of at least level {level} (has {'unknown' if have is None else have})"
        )
    if years:
        then_da = "ukendt" if had is None else amount_text(round(had, 1), "da")
        then_en = "unknown" if had is None else amount_text(round(had, 1), "en")
        da.append(f"{amount_text(years, 'da')} års relevant arbejde (har {then_da})")
        en.append(f"{amount_text(years, 'en')} years of relevant work (has {then_en})")
    return Text(
        da=f"kræver {' og '.join(da)} ved start {period.start}",
        en=f"requires {' and '.join(en)} at the start {period.start}",
    )


# --- what stays open ----------------------------------------------------------------------------


def open_gaps(task: PathwayTask, plan: Plan) -> tuple[OpenGap, ...]:
    """The steps that a plan does not reach, by competence and reason, the largest first."""
    asked, ladder = task.asked, task.asked.ladder
    missing = asked.unmet(asked.horizon)
    reached = first_reached(task, plan)
    names = asked.catalogue.taxonomy.competences
    found = []
    for k in np.flatnonzero(missing.any(axis=1)).tolist():
        steps = [
            step
            for step in range(1, ladder.top + 1)
            if missing[k, step - 1] and (k, step) not in reached
        ]
        for why, reason, levels, modules in _grouped(task, k, steps):
            found.append(
                OpenGap(
                    competence=ladder.competences[k],
                    name=names[ladder.competences[k]].name,
                    levels=tuple(levels),
                    gap=float(sum(int(missing[k, step - 1]) for step in levels) * UNIT),
                    why=why,
                    reason=reason,
                    modules=tuple(modules[:_NAMED]),
                )
            )
    return tuple(sorted(found, key=lambda one: (-one.gap, one.competence, one.levels)))


def _grouped(
    task: PathwayTask, k: int, steps: Sequence[int]
) -> Iterator[tuple[WhyOpen, Text, list[int], list[str]]]:
    """Steps of a competence that are open for the same reason."""
    groups: dict[tuple[WhyOpen, str, str], tuple[Text, list[int], list[str]]] = {}
    for step in steps:
        why, reason, modules = _step(task, k, step)
        group = groups.setdefault((why, reason.in_("da"), reason.in_("en")), (reason, [], modules))
        group[1].append(step)
    for (why, _, _), (reason, levels, modules) in groups.items():
        yield why, reason, levels, modules


def _step(task: PathwayTask, k: int, step: int) -> tuple[WhyOpen, Text, list[str]]:
    """Why one step is not reached."""
    name = task.asked.ladder.competences[k]
    teaching = [
        one
        for one in task.asked.catalogue.modules.values()
        if (one.teaches or {}).get(name, 0) >= step
    ]
    names = [one.id for one in teaching]
    if not teaching:
        return WhyOpen.NO_MODULE, _NO_MODULE, []
    rules = {one.id: task.rules[one.id] for one in teaching}
    open_to = [one for one in teaching if None in rules[one.id]]
    if not open_to:
        said = [_why(task, one, 0, rules[one.id][0]) for one in teaching]
        return WhyOpen.LEFT_OUT, _joined(list(dict.fromkeys(said))), names
    entered = [one for one in open_to if task.earliest[one.id] < len(task.asked.periods)]
    if not entered:
        return WhyOpen.ENTRY, _WORDS[PathwayRule.ENTRY], [one.id for one in open_to]
    names = [one.id for one in entered]
    if not any(task.worth[t, k, step - 1] for one in entered for t in task.open_periods(one)):
        return WhyOpen.TOO_LATE, _TOO_LATE, names
    return WhyOpen.LIMITS, _LIMITS, names


_NO_MODULE = Text(da="intet modul lærer det", en="no module teaches it")
_TOO_LATE = Text(
    da="kan først nås, når det ikke længere kræves", en="can be reached only when not needed"
)
_LIMITS = Text(
    da="grænserne giver ikke plads, eller andet lukker mere",
    en="the limits leave no room, or other things close more",
)
