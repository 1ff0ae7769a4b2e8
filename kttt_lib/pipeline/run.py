"""A run: one plan, one registry, one day; questions asked of it are answered once and kept in the store."""

from __future__ import annotations

import json
import os
import platform
from collections import ChainMap
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cached_property
from hashlib import sha256
from pathlib import Path

import pandas as pd

from kttt_lib.disclosure import BEHIND, public_edition
from kttt_lib.errors import KtttError
from kttt_lib.files import hash_tree
from kttt_lib.indicators import load_plan
from kttt_lib.pipeline.checked import checked_once
from kttt_lib.pipeline.editions import earlier_editions
from kttt_lib.pipeline.guards import refuse_day, refuse_registry
from kttt_lib.pipeline.parameters import refuse_undeclared
from kttt_lib.pipeline.questions import QUESTIONS, Given, code_of, filled
from kttt_lib.pipeline.settings import Settings, check_settings
from kttt_lib.pipeline.store import Store, Tables
from kttt_lib.pipeline.unchanged import packages
from kttt_lib.plan import Plan
from kttt_lib.plan.problems import one_of
from kttt_lib.published import load_published
from kttt_lib.registry import Registry, read_registry
from kttt_lib.report.comments import load_comments
from kttt_lib.report.context import ReportContext
from kttt_lib.report.precision import rounded_table
from kttt_lib.report.terms import Unit
from kttt_lib.resources import DATA, hash_library, hash_lock
from kttt_lib.results import RESULTS

# Names a file that takes down what is asked.
ASKED = "KTTT_ASKED"
# What analyses read beside the plan and the registry.
RESTS_ON = ("published", "places", "rulebooks", "forms", "scenarios", "calibration", "lists")
# The unit of breakdown -> what the report's words go by; "" is the day's own.
BY: dict[str, Unit] = {"district": "", "commune": "commune", "cluster": "cluster", "old_district": "district"}


class Answers(Mapping[str, pd.DataFrame]):
    """Named results of a run; the first look at one asks its question."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def __getitem__(self, name: str) -> pd.DataFrame:
        question = name.split("/")[0]
        if question not in QUESTIONS:
            raise KeyError(name)
        return self._run.ask(question)[name]

    def __iter__(self) -> Iterator[str]:
        for question in QUESTIONS:
            yield from self._run.ask(question)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Run:
    """Owns what a run rests on. Use :func:`open_run`.

    There is none of a day before its plan, of another province's registry, or, unless ``settings.quarantine``, of a
    registry with rows in error: KtttError.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.plan: Plan = load_plan(settings.plan)
        self.as_of: date = settings.as_of or self.plan.period.end
        self.language = settings.language
        self.results = Answers(self)
        self._store = Store(settings.outputs / ".store")
        self._answers: dict[tuple, Tables] = {}
        refuse_day(self.plan, self.as_of)
        refuse_registry(self.plan, self.registry, settings.quarantine)

    @property
    def folder(self) -> Path:
        """Where the run's report goes; the public one stands beside the internal one, not over it."""
        name = self.as_of.isoformat() + ("" if self.settings.audience == "internal" else f"-{self.settings.audience}")
        return self.settings.outputs / self.plan.id / name

    @cached_property
    def registry(self) -> Registry:
        """The facts: accepted rows, with findings and what was quarantined beside them.

        Raises KtttError when the files changed meanwhile: an answer would be kept under the hash of other facts.
        """
        source = Path(self.settings.registry)
        before = self.inputs["registry"] if source.exists() else None
        lists = self.plan.lists
        registry = checked_once(before, lists, lambda: read_registry(self.settings.registry, lists))
        if before is not None and hash_tree(source) != before:
            raise changed_meanwhile("registry")
        return registry

    @cached_property
    def published(self) -> pd.DataFrame:
        """Official figures with their origins."""
        return load_published()

    @cached_property
    def context(self) -> ReportContext:
        """What the report floor needs to know of this run."""
        settings = self.settings
        # Comments name people: the public's run never reads them.
        shown = settings.comments if settings.audience == "internal" else None
        comments = load_comments(shown) if shown else None
        return ReportContext(
            self.plan,
            self.registry.about,
            self.as_of,
            self.language,
            settings.audience,
            comments=comments,
            set_aside=int(self.registry.counts["quarantined"].sum()),
            earlier=self.earlier,
            by=BY[self.registry.as_of(self.as_of).breakdown],
        )

    @cached_property
    def earlier(self) -> dict[str, Tables]:
        """Figures of public editions that the public one must not be subtracted from."""
        if self.settings.audience == "internal":
            return {}
        synthetic = bool(self.registry.about.get("synthetic", False))
        return earlier_editions(self.settings, self.plan.id, self.as_of, synthetic)

    @cached_property
    def inputs(self) -> dict[str, dict[str, str]]:
        """SHA-256 of everything that the results rest on, by group and relative path."""
        return hash_inputs(self)

    def target(self, target_id: str) -> str:
        """The id itself when the plan has such a promise, its first one for ""; KtttError for any other."""
        ids = [promise.id for _, promise in self.plan.promises()]
        return ids[0] if target_id == "" else one_of("TARGET", target_id, ids)

    @cached_property
    def _public(self) -> Tables:
        """The tables of the public edition: one for all answers, for it is protected as one system."""
        given = {name: rounded_table(self.results[name]) for name in self.results}
        return public_edition(given, earlier=self.earlier).tables

    def ask(self, question: str, **parameters: object) -> Tables:
        """The tables that answer a question, from the store when the same was asked of the same inputs.

        Values are rounded as they are published (:mod:`kttt_lib.report.precision`). Raises KtttError for a question
        or parameter that does not exist.
        """
        parameters = filled(question, **parameters)
        if told := os.environ.get(ASKED):  # the collection's: did a notebook ask what it declares?
            with Path(told).open("a", encoding="utf-8") as file:
                file.write(f"{question}\n")
        here = (question, *parameters.items())
        if here not in self._answers:
            rests = self.inputs | {"library": code_of(question, self.inputs["library"])}
            asked = json.dumps(
                [question, parameters, self.as_of.isoformat(), platform.python_version(), *packages(), rests],
                sort_keys=True,
            )
            key = sha256(asked.encode()).hexdigest()
            tables = self._store.get(question, key)
            if tables is None:
                read: Tables = ChainMap(*map(self.ask, QUESTIONS[question].reads))  # type: ignore[arg-type]  # only read
                facts = Given(self.plan, self.registry, self.as_of, self.published, read)
                found = dict(QUESTIONS[question].ask(facts, **parameters))
                # One by one: of many organisations there is no room for all twice.
                rounded = {name: RESULTS[name].check(rounded_table(found.pop(name))) for name in list(found)}
                tables = self._store.put(question, key, rounded)
            self._answers[here] = tables
        return self._answers[here]

    def other_choice(self, question: str, **parameters: object) -> dict[str, str]:
        """Where parameters are not those of the report's own answer: "here" and "report" as text; else empty."""
        here, report = filled(question, **parameters), filled(question)
        other = [name for name in here if here[name] != report[name]]
        return {"here": _as_text(here, other), "report": _as_text(report, other)} if other else {}

    def answer(self, question: str, **parameters: object) -> Tables:
        """What a notebook shows: :meth:`ask` as the run's audience may see it.

        For the public these are the report's own protected tables (:func:`kttt_lib.disclosure.public_edition`), and
        KtttError refuses another choice than the report's: beside it, it would be a second edition of the same facts.

        Each table knows which result it is (``attrs["result"]``), and what is picked from it as well.
        """
        if self.settings.audience != "internal" and (other := self.other_choice(question, **parameters)):
            raise KtttError(
                f"{other['here']}: khác cách tính của báo cáo ({other['report']}). Trừ kết quả này cho số đã công "
                'khai có thể lộ số của từng tổ chức, nên chỉ xem được với AUDIENCE = "internal".',
                f"{other['here']}: not the report's choice ({other['report']}). This result less what is public "
                'could tell an organisation\'s own figures, so it is shown with AUDIENCE = "internal" alone.',
            )
        tables = self.ask(question, **parameters)
        if self.settings.audience != "internal":
            tables = {name: self._public[name] for name in tables if name in self._public}
        tables = {name: tables[name] for name in tables if name not in BEHIND}
        for name, table in tables.items():
            table.attrs["result"] = name
        return tables


def _as_text(parameters: Mapping[str, object], names: list[str]) -> str:
    texts = [", ".join(map(str, value)) if isinstance(value, tuple) else str(value) for value in parameters.values()]
    return "; ".join(f"{name.upper()} = {text}" for name, text in zip(parameters, texts) if name in names)


def changed_meanwhile(*names: str) -> KtttError:
    """What to say when something that a run rests on is not what it was at the run's beginning."""
    listed = ", ".join(names)
    return KtttError(
        f"Đã thay đổi trong khi đang tính: {listed}. Chưa ghi gì; hãy chạy lại.",
        f"Changed while it was being read: {listed}. Nothing was written; run again.",
    )


def hash_inputs(run: Run) -> dict[str, dict[str, str]]:
    """What :attr:`Run.inputs` of this run would be by now; a database's rows are those that the run has read."""
    return {
        "plan": hash_tree(run.settings.plan),
        "registry": _hash_registry(run.settings.registry, run),
        **{name: hash_tree(DATA / name) for name in RESTS_ON},
        "library": hash_library(),
        "lock": hash_lock(),
    }


def _hash_registry(source: str, run: Run) -> dict[str, str]:
    if Path(source).exists():
        return hash_tree(Path(source))
    return {
        name: sha256(table.to_csv(index=False).encode()).hexdigest()
        for name, table in sorted([*run.registry.tables.items(), ("findings", run.registry.findings)])
    }


def open_run(
    plan: str | Path = "ninh-binh-2020",
    registry: str | Path = "sample",
    as_of: str | date | None = None,
    language: str = "vi",
    audience: str = "internal",
    quarantine: bool = False,
    comments: str | Path | None = None,
) -> Run:
    """Open a run; every parameter is checked first (see :func:`kttt_lib.pipeline.settings.check_settings`).

    The door of notebooks and of the library: ``run.results["scorecard/targets"]`` is one of its named tables
    (docs/results.md), in the units of its columns.

    KtttError also for what :class:`Run` refuses and, in a notebook, for a name that its parameters do not declare.

    Examples
    --------
    >>> import kttt_lib as kttt
    >>> run = kttt.open_run("ninh-binh-2020", "sample", "31/12/2020")
    >>> run.plan.id, run.as_of.isoformat(), run.registry.about["synthetic"]
    ('ninh-binh-2020', '2020-12-31', True)
    """
    refuse_undeclared()
    return Run(check_settings(plan, registry, as_of, language, audience, quarantine, comments))
