"""The rulebooks: dated official rules as data, the scores they give and the named meanings that plans choose."""

from kttt_lib.rating.definitions import Definition, caveats, classify, definition, load_definitions, rules_of
from kttt_lib.rating.forms import Form, load_form
from kttt_lib.rating.grades import latest_grades
from kttt_lib.rating.reporting import bodies_on, form_number, report_due, steps_on
from kttt_lib.rating.rulebooks import Rulebook, load_rulebooks, rulebooks_for_year, scored_rulebooks
from kttt_lib.rating.scoring import score
from kttt_lib.rating.unread import unread_in, unread_of_all_years, unread_scores

__all__ = [
    "Definition",
    "Form",
    "Rulebook",
    "bodies_on",
    "caveats",
    "classify",
    "definition",
    "form_number",
    "latest_grades",
    "load_definitions",
    "load_form",
    "load_rulebooks",
    "report_due",
    "rulebooks_for_year",
    "rules_of",
    "score",
    "scored_rulebooks",
    "steps_on",
    "unread_in",
    "unread_of_all_years",
    "unread_scores",
]
