"""A bilingual Markdown text in one language.

Notebooks are written once, in both languages: ``<div lang="vi">``, an empty line, Markdown, an empty line, ``</div>``,
and the same with ``lang="en"`` beneath. JupyterLab keeps such an element, and the style that a notebook's page shows
hides what is not of the run's language (:class:`kttt_lib.report.notebook.Page`); here it is left out.
"""

from __future__ import annotations

import re

from kttt_lib.report.numbers import Language

_PART = re.compile(r'(?ms)^<div lang="(vi|en)">\n\n(.*?)\n\n</div>$\n?')


def in_language(markdown: str, language: Language) -> str:
    """The text with only the run's language where it is there in both; the rest as it is."""
    return _PART.sub(lambda part: f"{part[2]}\n" if part[1] == language else "", markdown).strip("\n")


def only_in(language: Language) -> str:
    """HTML, shown once in a notebook, by which a browser shows only that language of its texts, on a phone too.

    Within its own notebook alone: JupyterLab may have another one open in the other language. ``jp-Notebook`` is the
    whole page in what nbconvert makes.
    """
    other = {"vi": "en", "en": "vi"}[language]
    page = f".jp-Notebook:has(.kttt-{language})"
    return (
        f'<style class="kttt-{language}">{page} div[lang={other}]{{display:none}}'
        f"@media(max-width:40rem){{{page} .jp-OutputArea-output{{overflow-x:auto}}{page} .jp-Cell{{padding-inline:0}}"
        f"{page} :is(.jp-InputPrompt,.jp-OutputPrompt){{display:none}}}}</style>"
    )
