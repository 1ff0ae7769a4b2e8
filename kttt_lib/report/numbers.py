"""The one formatter: a value from a named result becomes text in Vietnamese or English and keeps its source."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from babel.dates import format_date
from babel.numbers import format_decimal

from kttt_lib.days import parse_day
from kttt_lib.errors import Language
from kttt_lib.report.precision import rounded
from kttt_lib.report.sources import SUPPRESSED, AnySource, Results, Suppressed, resolve, source

LOCALES: dict[str, str] = {"vi": "vi_VN", "en": "en_GB"}

KINDS = (
    "count",
    "decimal",
    "percent",
    "chance",
    "points",
    "money",
    "billions",
    "date",
    "day_month",
    "year",
    "month_year",
)
EMPTY = "–"
HIDDEN = "*"
MINUS = "\N{MINUS SIGN}"
NBSP = "\N{NO-BREAK SPACE}"
# Totals from ten billion VND on are read in billions, as provincial reports print them ("billions": whatever they are).
BILLION_FROM = 10_000
MOST_DECIMALS = 9
# A percent below this is nothing, left by the arithmetic.
TRACE = 1e-4

_MONEY = {
    "vi": ("{}" + NBSP + "triệu đồng", "{}" + NBSP + "tỷ đồng"),
    "en": ("VND" + NBSP + "{}" + NBSP + "million", "VND" + NBSP + "{}" + NBSP + "billion"),
}
_POINTS = {"vi": "điểm phần trăm", "en": "percentage points"}
_POINT_ONE = {"vi": "điểm phần trăm", "en": "percentage point"}
_DATES = {
    "vi": {"date": "dd/MM/yyyy", "day_month": "dd/MM", "month_year": "M/yyyy"},
    "en": {"date": "d MMMM yyyy", "day_month": "d MMMM", "month_year": "MMMM yyyy"},
}


@dataclass(frozen=True)
class Format:
    """How a value is written: ``kind`` of KINDS, at most ``decimals`` (just so many when ``fixed``), a plus sign
    when ``signed``.

    Written and read back as text (``percent.1``, ``+points.1``), so that the claim check can format anew.
    """

    kind: str
    decimals: int = 0
    signed: bool = False
    fixed: bool = False

    def __str__(self) -> str:
        return f"{'+' if self.signed else ''}{self.kind}.{self.decimals}{'f' if self.fixed else ''}"

    @classmethod
    def parse(cls, text: str) -> Format:
        """Read a format from its text; ValueError when the kind is unknown."""
        kind, _, decimals = text.removeprefix("+").partition(".")
        if kind not in KINDS:
            raise ValueError(f"unknown format {text!r}")
        fixed = decimals.endswith("f")
        return cls(kind, int(decimals.removesuffix("f") or 0), text.startswith("+"), fixed)


def format_value(value: object, form: Format, language: Language) -> str:
    """Text of a value: ``91.26`` as ``percent.1`` is "91,3%" in Vietnamese and "91.3%" in English.

    Money is in million VND; a chance lies in 0 to 1 and is never written as certain. None is an en dash, a hidden
    cell an asterisk. What is not 100 % or nothing is never written so (``apart``): 299 of 300 is 99,7 %, not 100 % and
    missed.
    """
    if value is None:
        return EMPTY
    if isinstance(value, Suppressed):
        return HIDDEN
    if form.kind in ("date", "day_month", "month_year"):
        return format_date(parse_day(value), _DATES[language][form.kind], locale=LOCALES[language])
    if form.kind == "year":
        return str(int(value))
    amount = rounded(float(value))
    if form.kind in ("money", "billions"):
        pattern, decimals = _MONEY[language][0], form.decimals
        if _in_billions(amount, form):
            pattern, amount, decimals = _MONEY[language][1], amount / 1000, max(1, form.decimals)
        return pattern.format(_decimal(amount, decimals, form, language))
    if form.kind == "chance":
        percent = min(max(100 * amount, 1), 99)
        sign = ">" if 100 * amount > 99 else ("<" if 100 * amount < 1 else "")
        return f"{sign}{_decimal(percent, 0, form, language)}%"
    # A measured share has its decimals in a sentence as in a column: 0,0% beside 71,4%.
    if form.kind in ("percent", "points"):
        form = replace(form, fixed=True)
    if form.kind == "percent":
        for end in (100.0, 0.0) if abs(amount) > TRACE else ():
            form = apart(form, [amount], end)
        return f"{_decimal(amount, form.decimals, form, language)}%"
    text = _decimal(amount, form.decimals, form, language)
    if form.kind == "points":
        one = abs(_rounded(amount, form.decimals)) == 1
        return f"{text}{NBSP}{(_POINT_ONE if one else _POINTS)[language]}"
    return text


def apart(form: Format, values: Iterable[float], line: float) -> Format:
    """``form`` with the fewest decimals at which no value reads as ``line`` but one that is equal to it.

    A promise of 15,5 tỷ that was missed by a million đồng is not printed as 15,5 tỷ against 15,5 tỷ.
    """
    near = [float(value) for value in values if value == value and value is not None and value != line]
    while form.decimals < MOST_DECIMALS and any(_read(value, form) == _read(line, form) for value in near):
        form = replace(form, decimals=form.decimals + 1)
    return form


def bare(form: Format, value: float) -> Format:
    """``form`` with no more decimals than it takes to write ``value``: a plan's own 90% stays 90%."""
    while form.decimals and _rounded(value, form.decimals - 1) == _rounded(value, form.decimals):
        form = replace(form, decimals=form.decimals - 1)
    return form


def alike(form: Format, values: Iterable[float], line: float) -> Format:
    """``form`` for money told beside ``line``: all in billions where some would be, ``line`` to its last million."""
    if form.kind != "money" or len({_in_billions(value, form) for value in (*values, line)}) == 1:
        return form
    return bare(Format("billions", 3), line / 1000)


def _in_billions(amount: float, form: Format) -> bool:
    return form.kind == "billions" or (form.kind == "money" and abs(amount) >= BILLION_FROM)


def _read(amount: float, form: Format) -> Decimal:
    """The amount that a reader takes from its text."""
    thousands = _in_billions(amount, form)
    scale = Decimal(1000) if thousands else Decimal(1)
    return scale * _rounded(
        amount / 1000 if thousands else amount, max(1, form.decimals) if thousands else form.decimals
    )


def _rounded(amount: float, decimals: int) -> Decimal:
    # Half up on the shortest decimal text, as schools and offices round: 71.25 is 71,3.
    return Decimal(repr(float(amount))).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def _decimal(amount: float, decimals: int, form: Format, language: Language) -> str:
    amount = float(_rounded(amount, decimals)) + 0.0
    places = "0" * decimals if form.fixed else "#" * decimals
    text = format_decimal(amount, f"#,##0.{places}" if decimals else "#,##0", locale=LOCALES[language])
    text = text.replace("-", MINUS)
    return f"+{text}" if form.signed and amount > 0 else text


@dataclass(frozen=True)
class Number:
    """A value with its format and the source it was read from; built by :func:`number` or :func:`number_from`."""

    value: object
    form: Format
    source: AnySource
    strong: bool = False

    def text(self, language: Language) -> str:
        """The number as the reader sees it."""
        return format_value(self.value, self.form, language)

    @property
    def raw(self) -> str:
        """The full value for machines (``<data value>``): empty for no data or a hidden cell."""
        if self.value is None or self.value is SUPPRESSED:
            return ""
        return repr(self.value) if isinstance(self.value, float) else str(self.value)

    @property
    def known(self) -> bool:
        """Whether there is a value to show."""
        return self.value is not None and self.value is not SUPPRESSED


def number_from(results: Results, where_from: AnySource, form: str | Format) -> Number:
    """The number behind a source; UnknownSource when there is none, so no number is made of thin air."""
    form = Format.parse(form) if isinstance(form, str) else form
    return Number(resolve(results, where_from), form, where_from)


def number(
    results: Results, result: str, column: str, form: str | Format, how: str = "value", **where: object
) -> Number:
    """Shorthand: ``number(results, "scorecard/targets", "value", "percent.1", target_id="T3")``."""
    return number_from(results, source(result, column, how, **where), form)
