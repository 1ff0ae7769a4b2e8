"""Answers that may be unknown: Kleene's logic, with "not rated" beside yes and no, and the reason of each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kttt_lib.rating.reasons import CODES, NUMBER, REASONS

YES, NO, UNKNOWN, NOT_RATED = 1, 0, -1, -2
NAMES = {YES: "yes", NO: "no", UNKNOWN: "unknown", NOT_RATED: "not_rated"}
_VI = np.array([REASONS[code][0] for code in CODES], dtype=object)
_EN = np.array([REASONS[code][1] for code in CODES], dtype=object)


@dataclass(frozen=True)
class Answer:
    """One answer an organisation (YES, NO, UNKNOWN, NOT_RATED) and the number of its reason."""

    outcome: np.ndarray
    reason: np.ndarray

    @classmethod
    def of(cls, outcome: int, code: str, size: int) -> Answer:
        """The same answer for all."""
        return cls(np.full(size, outcome, np.int8), np.full(size, NUMBER[code], np.int16))

    @classmethod
    def mask(cls, mask: np.ndarray, name: str) -> Answer:
        """YES where ``mask`` holds and NO elsewhere, with the reasons ``name.yes`` and ``name.no``."""
        reasons = np.where(mask, NUMBER[f"{name}.yes"], NUMBER[f"{name}.no"]).astype(np.int16)
        return cls(mask.astype(np.int8), reasons)

    def but(self, mask: np.ndarray, outcome: int, code: str) -> Answer:
        """This answer, with another one where ``mask`` holds."""
        return Answer(
            np.where(mask, outcome, self.outcome).astype(np.int8),
            np.where(mask, NUMBER[code], self.reason).astype(np.int16),
        )

    def take(self, mask: np.ndarray, other: Answer) -> Answer:
        """``other`` where ``mask`` holds, else this."""
        return Answer(np.where(mask, other.outcome, self.outcome), np.where(mask, other.reason, self.reason))

    def texts(self) -> tuple[np.ndarray, np.ndarray]:
        """The reasons as sentences: (vi, en)."""
        return _VI[self.reason], _EN[self.reason]


def reason_texts(numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The sentences of reason numbers: (vi, en)."""
    return _VI[numbers], _EN[numbers]


def combine(answers: list[Answer], order: tuple[int, ...]) -> Answer:
    """The answer that comes first in ``order``, with the reason of the first that gave it."""
    places = np.empty(len(order), dtype=np.int8)
    # Negative outcomes count from the end of the array, so one lookup serves all four.
    places[list(order)] = range(len(order))
    result = answers[0]
    for answer in answers[1:]:
        result = result.take(places[answer.outcome] < places[result.outcome], answer)
    return result


def all_of(answers: list[Answer]) -> Answer:
    """NO when one says no; else NOT_RATED, UNKNOWN, and YES only when all say yes."""
    return combine(answers, (NO, NOT_RATED, UNKNOWN, YES))


def any_of(answers: list[Answer]) -> Answer:
    """YES when one says yes; else UNKNOWN, NO, and NOT_RATED only when all are."""
    return combine(answers, (YES, UNKNOWN, NO, NOT_RATED))
