"""The open lists (features, programmes, series ...): data/lists, and what a plan or a registry adds to each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from kttt_lib.errors import KtttError
from kttt_lib.files import read_yaml
from kttt_lib.plan.model import ListEntry, Lists
from kttt_lib.plan.record import describe
from kttt_lib.resources import LISTS

ABOUT_KEY = "lists"
OPEN_LISTS = tuple(Lists.model_fields)
# Their standard names say nothing: what a plan or registry calls its groups goes before them.
NAMED_ANEW = ("task_groups",)


def read_lists(folder: Path = LISTS) -> Lists:
    """The lists of a folder, one YAML file each."""
    return Lists.model_validate({name: read_yaml(folder / f"{name}.yaml") for name in OPEN_LISTS})


STANDARD = read_lists()


def lists_of(about: Mapping[str, object]) -> Lists:
    """What a registry says of its own lists; KtttError where that cannot be read."""
    given = about.get(ABOUT_KEY)
    try:
        return Lists() if given is None else Lists.model_validate(given)
    except ValidationError as error:
        item = error.errors()[0]
        place = ".".join(str(step) for step in (ABOUT_KEY, *item["loc"]))
        unknown = item["type"] == "extra_forbidden"
        known = ", ".join(OPEN_LISTS if len(item["loc"]) == 1 else ("code", "vi", "en", "kind", "unit", "source"))
        said, mend = describe(item)
        vi = f"không có mục này; chọn một trong: {known}" if unknown else "; ".join(filter(None, (said[0], mend[0])))
        en = f"no such field; choose one of: {known}" if unknown else "; ".join(filter(None, (said[1], mend[1])))
        raise KtttError(f"registry.yaml, {place}: {vi}.", f"registry.yaml, {place}: {en}.") from None


def join(*lists: Lists) -> Lists:
    """All entries, the first lists first; KtttError where two give one code or one title another meaning."""
    found = lists[0]
    for more in lists[1:]:
        clash = next(clashes(more, found), None)
        if clash is not None:
            name, place, (vi, en) = clash
            code = getattr(more, name)[place].code
            raise KtttError(f"{ABOUT_KEY}.{name}, {code}: {vi}.", f"{ABOUT_KEY}.{name}, {code}: {en}.")
        joined = {}
        for name, entries in found:
            new = {entry.code: entry for entry in getattr(more, name)}
            renamed = new if name in NAMED_ANEW else {}
            known = {entry.code for entry in entries}
            joined[name] = [renamed.get(entry.code, entry) for entry in entries]
            joined[name] += [entry for code, entry in new.items() if code not in known]
        found = found.model_copy(update=joined)
    return found


def clashes(own: Lists, known: Lists = STANDARD) -> Iterator[tuple[str, int, tuple[str, str]]]:
    """List, place in it and message of each entry whose code or title already means something else."""
    for name, entries in own:
        if name in NAMED_ANEW:
            continue
        by_code = {entry.code: entry for entry in getattr(known, name)}
        by_title = {title.casefold(): entry for entry in by_code.values() for title in (entry.code, entry.vi, entry.en)}
        for place, entry in enumerate(entries):
            same = by_code.get(entry.code)
            if same is not None and meaning(same) != meaning(entry):
                vi = f"mã '{entry.code}' đã có nghĩa “{same.vi}”; đặt mã khác"
                yield name, place, (vi, f"the code '{entry.code}' already means “{same.en}”; choose another code")
            for title in (entry.vi, entry.en):
                other = by_title.get(title.casefold())
                if other is not None and other.code != entry.code:
                    vi = f"“{title}” là tên của mã '{other.code}'; dùng mã đó"
                    yield name, place, (vi, f"“{title}” is the title of the code '{other.code}'; use that code")
                    break


def meaning(entry: ListEntry) -> dict[str, Any]:
    """What an entry says, wherever it was read."""
    return entry.model_dump(exclude={"source"})


def as_said(lists: Lists) -> dict[str, Any]:
    """The lists as a registry's ``about`` holds them; empty ones are left out."""
    return {name: [entry.model_dump(exclude_none=True) for entry in entries] for name, entries in lists if entries}
