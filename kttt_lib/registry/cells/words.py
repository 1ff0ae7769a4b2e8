"""Words that districts write for yes, no, nothing and the codes of closed lists, beside the titles of the lists."""

from __future__ import annotations

from kttt_lib.registry.text import fold

TRUE = ("co", "true", "1", "yes", "x", "dung", "y", "c", "da co", "da")
FALSE = ("khong", "false", "0", "no", "sai", "n", "k", "chua", "khong co", "chua co")
MARKS = dict.fromkeys("✓✔☑√✅", True) | dict.fromkeys("✗✘☒☐❌", False)
# Where a form leaves a blank; among figures and days ``không`` too tells none, and is never 0.
BLANKS = frozenset(("-", "--", "---", "–", "—", "_", ".", "..", "...", "…", "/", "n/a", "N/A", "n.a", "n.a.", "N/a"))
NOTHING = frozenset((
    "khong", "khong co", "chua co", "chua", "khong ro", "chua ro", "khong co so lieu", "chua co so lieu",
    "khong bao cao", "chua bao cao", "na", "none", "null", "trong", "khong phat sinh",
))  # fmt: skip
# Codes of closed lists by other names, folded.
CHOICES = {
    "organisation_kinds": {
        "hop tac xa": "htx", "htx nn": "htx", "htx nong nghiep": "htx", "htx phi nong nghiep": "htx", "to ht": "tht",
        "to hop tac san xuat": "tht", "lien hiep htx": "lhhtx", "lh htx": "lhhtx", "lien hiep": "lhhtx",
        "quy tdnd": "qtdnd", "quy tin dung": "qtdnd", "qtd": "qtdnd", "quy td nhan dan": "qtdnd", "qtd nd": "qtdnd",
        "quy tin dung nd": "qtdnd",
    },
    "sectors": {
        "nn": "agriculture", "nong lam nghiep": "agriculture", "nong lam ngu nghiep": "agriculture",
        "nong nghiep dich vu": "agriculture", "phi nn": "non_agriculture", "tin dung nhan dan": "credit",
    },
    "scopes": {
        "mot thon": "village", "thon xom": "village", "lien thon xom": "inter_village", "xa": "commune",
        "toan xa phuong": "commune", "mot xa": "commune", "huyen": "district_or_wider", "tinh": "district_or_wider",
        "lien huyen": "district_or_wider", "toan huyen": "district_or_wider", "toan tinh": "district_or_wider",
    },
    "status_events": {
        "tam ngung": "suspended", "tam dung hoat dong": "suspended", "ngung hoat dong": "ceased", "ngung": "ceased",
        "ngung hd": "ceased", "da giai the": "dissolved", "hoat dong lai": "resumed", "sap nhap": "merged_into",
        "hop nhat": "consolidated_into", "chia tach": "split_from", "chuyen doi": "reorganised_under_law",
        "dang ky lai": "reorganised_under_law", "to chuc lai": "reorganised_under_law",
    },
    "assessors": {
        "htx": "self", "tu cham": "self", "htx tu danh gia": "self", "huyen": "district", "tinh": "province",
    },
    "agri_subtypes": {"thuy san": "fishery", "thuy hai san": "fishery", "lua": "crops", "nuoc sach": "rural_water"},
}  # fmt: skip


def yes_or_no(word: object) -> bool | None:
    """What a word, a mark or a spreadsheet's own true and false says; None when it says neither."""
    if isinstance(word, bool):
        return word
    text = str(word).strip()
    if text in MARKS:
        return MARKS[text]
    plain = fold(text)
    return True if plain in TRUE else False if plain in FALSE else None


def is_blank(word: str, plain_text: bool) -> bool:
    """Whether a word stands for an empty cell; in ``plain_text`` (names, notes) only signs and ``n/a`` do."""
    return word in BLANKS or (not plain_text and fold(word) in NOTHING)
