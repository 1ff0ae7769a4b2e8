"""Texts that name a person or how to reach one: they go neither into a mapping nor into a registry."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from kttt_lib.registry.text import fold

# The hundred commonest bear more than nine tenths of the people.
_BORNE = (
    "nguyen tran le pham hoang huynh phan vu vo dang bui do ho ngo duong ly dinh doan lam trinh mai dao ha truong luong"
    " ta tong cao to luu thai quach kieu lai nghiem chu la phung tang lu thach tieu vuong van quan au khuc mac nong"
    " giang luc trieu ong hua diep ninh dam bach cu vi ung nhan sam khong thieu nhu than phi"
)
SURNAMES = frozenset(_BORNE.split())
_MIDDLE = ("van", "thi", "huu", "duc", "ngoc", "xuan", "dinh", "quang", "minh")
_TITLED = re.compile(r"(?<!\w)(?:ông|bà|đ/c|đồng chí|anh|chị)[:.]?\s+(\w)", re.IGNORECASE)
_REACHED = re.compile(r"(?:\+84|\b0)[\s.()-]*\d(?:[\s.()-]*\d){7,9}\b|[\w.+-]+@[\w-]+\.\w|\b0\d{11}\b")
# So many of a column's values make it one of persons.
SHARE = 0.3


def personal(text: str) -> bool:
    """Whether a text has the name of a person, a telephone number, an address of mail or a number of identity."""
    text = unicodedata.normalize("NFC", text)
    if _REACHED.search(text) or any(found[1].isupper() for found in _TITLED.finditer(text)):
        return True
    return any(_begins_name(part[place:]) for part in _parts(text) for place in range(len(part)))


def _parts(text: str) -> list[list[str]]:
    """The words of a text, apart where something else than a blank stands between them."""
    return [part.split() for part in re.split(r"[^\w\s]|\d", text)]


def _begins_name(words: list[str]) -> bool:
    """Whether a name of three words begins here: in capitals only with a second word that is in few other phrases."""
    if len(words) < 3 or fold(words[0]) not in SURNAMES:
        return False
    if all(word.isupper() for word in words[:3]):
        return fold(words[1]) in _MIDDLE
    return all(word[0].isupper() and word[1:] == word[1:].lower() for word in words[:3])


def of_persons(texts: Iterable[str]) -> bool:
    """Whether a column's values are those of persons."""
    told = [personal(text) for text in texts]
    return sum(told) > SHARE * len(told)
