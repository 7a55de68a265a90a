"""Random frameworks, and what each format can say of one, written from the formats' definitions."""

from typing import Any

from hypothesis import strategies as st

from fagprofil.standards import Concept, Framework, Match, Need, Role, Step

LANGUAGES = ("da", "de", "en")

# With what a spreadsheet would run, what separates cells, and letters outside ASCII.
words = st.text("abcæøå ,;%=-'\"", min_size=1, max_size=12).map(str.strip).filter(bool)


def texts(least: int = 0) -> st.SearchStrategy[dict[str, str]]:
    return st.dictionaries(st.sampled_from(LANGUAGES), words, min_size=least)


def many() -> st.SearchStrategy[dict[str, tuple[str, ...]]]:
    some = st.lists(words, min_size=1, max_size=2, unique=True).map(tuple)
    return st.dictionaries(st.sampled_from(LANGUAGES), some, max_size=2)


def steps(count: int) -> st.SearchStrategy[tuple[Step, ...]]:
    return st.tuples(
        *(
            st.builds(Step, level=st.just(k), names=texts(1), descriptors=texts(1))
            for k in range(1, count + 1)
        )
    )


@st.composite
def frameworks(draw: st.DrawFn) -> Framework:
    """Up to four groups and four concepts, each only under earlier ones; up to two roles."""
    top = draw(st.integers(0, 3))
    groups = [f"urn:x:group:{i}" for i in range(draw(st.integers(0, 3)))]
    concepts = [f"urn:x:concept:{i}" for i in range(draw(st.integers(1, 4)))]
    coded = draw(st.booleans())
    made: list[Concept] = []
    for uri in [*groups, *concepts]:
        group = uri in groups
        above = [one.uri for one in made if one.group or not group]
        others = [other for other in concepts if other != uri] if not group else []
        some = st.lists(st.sampled_from(others), unique=True, max_size=2) if others else st.just([])
        fields: dict[str, Any] = {
            "names": draw(texts(1)),
            "alternatives": draw(many()),
            "descriptions": draw(texts()),
            "notes": draw(texts()),
            "code": f"c{len(made)}" if coded else None,
            "group": group,
            "broader": draw(st.lists(st.sampled_from(above), unique=True, max_size=2))
            if above
            else [],
        }
        if group:
            fields["type"] = draw(st.none() | st.just("heading"))
        else:
            fields |= {
                "type": draw(st.none() | st.sampled_from(["skill", "knowledge"])),
                "transversal": draw(st.booleans()),
                "related": draw(some),
                "precedes": draw(some),
                "replaced_by": draw(some),
                "matches": draw(st.lists(matches(), max_size=2, unique_by=lambda one: one.uri)),
                "levels": draw(steps(top)) if draw(st.booleans()) else (),
            }
        made.append(Concept(uri=uri, **fields))
    roles = [
        Role(
            uri=f"urn:x:role:{i}",
            names=draw(texts(1)),
            alternatives=draw(many()),
            descriptions=draw(texts()),
            code=f"r{i}" if coded else None,
            needs=draw(
                st.lists(needs(concepts, top), max_size=3, unique_by=lambda one: one.concept)
            ),
        )
        for i in range(draw(st.integers(0, 2)))
    ]
    return Framework(
        uri="urn:x:framework",
        names=draw(texts(1)),
        descriptions=draw(texts()),
        version=draw(st.none() | st.just("1.0")),
        creator=draw(st.none() | words),
        licence=draw(st.none() | words),
        scale=draw(steps(top)),
        concepts=made,
        roles=roles,
    )


def matches() -> st.SearchStrategy[Match]:
    skill = "http://data.europa.eu/esco/skill/"
    return st.builds(
        Match,
        relation=st.sampled_from(["exact", "close", "broad", "narrow", "related"]),
        uri=st.sampled_from([f"{skill}a", f"{skill}b", "urn:y:c"]),
        names=texts(1),
    )


def needs(concepts: list[str], top: int) -> st.SearchStrategy[Need]:
    level = st.none() | st.integers(0, top) if top else st.none()
    return st.builds(
        Need,
        concept=st.sampled_from(concepts),
        essential=st.booleans(),
        level=level,
        five_years=level,
        weight=st.none() | st.floats(0.01, 10),
        reasons=texts(),
    )


def changed(record: Any, **fields: Any) -> Any:
    """A copy of a record that went through its validation."""
    values = {name: getattr(record, name) for name in type(record).model_fields}
    return type(record)(**{**values, **fields})


def rebuilt(framework: Framework, concept: Any, role: Any = None, **fields: Any) -> Framework:
    """A framework whose concepts and roles went through two functions; None leaves roles out."""
    return changed(
        framework,
        concepts=[concept(one) for one in framework.concepts],
        roles=[] if role is None else [role(one) for one in framework.roles],
        **fields,
    )


def only(words: dict[str, Any], language: str) -> dict[str, Any]:
    """What is written in one language: it, or what stands in for it."""
    if not words:
        return {}
    found = next(tag for tag in (language, "en", *sorted(words)) if words.get(tag))
    return {language: words[found]}
