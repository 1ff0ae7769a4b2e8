"""Which encoding a CSV file is in: UTF-8, UTF-16, CP1258 or TCVN3; others are refused, by name where it can be told."""

from __future__ import annotations

import codecs
import re
import unicodedata

from kttt_lib.errors import KtttError
from kttt_lib.registry.text import fold

SAMPLE, STEP = 1 << 16, 1 << 22
ENOUGH = 0.75
# TCVN 5712:1993 VN3, the 8-bit code of the .VnTime fonts. Capital letters with a tone share the small letters' codes.
_TCVN3_BYTES = (
    "a1Ă a2Â a3Ê a4Ô a5Ơ a6Ư a7Đ a8ă a9â aaê abô acơ adư aeđ b5à b6ả b7ã b8á b9ạ bbằ bcẳ bdẵ beắ c6ặ c7ầ c8ẩ c9ẫ caấ "
    "cbậ ccè ceẻ cfẽ d0é d1ẹ d2ề d3ể d4ễ d5ế d6ệ d7ì d8ỉ dcĩ ddí deị dfò e1ỏ e2õ e3ó e4ọ e5ồ e6ổ e7ỗ e8ố e9ộ eaờ "
    "ebở ecỡ edớ eeợ efù f1ủ f2ũ f3ú f4ụ f5ừ f6ử f7ữ f8ứ f9ự faỳ fbỷ fcỹ fdý feỵ"
)
TCVN3 = {int(pair[:2], 16): pair[2] for pair in _TCVN3_BYTES.split()}
_FROM_TCVN3 = dict.fromkeys(range(0x80, 0x100), "\ufffd") | TCVN3
_ONSET = "(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdghklmnprstvx])?"
_RIME = (
    "(?:uyen|uyet|uych|uynh|uong|uoc|uoi|uom|uon|uop|uot|uou|ieng|iec|iem|ien|iep|iet|ieu|yem|yen|yet|yeu|"
    "oang|oac|oach|oai|oam|oan|oanh|oap|oat|oay|oeo|oen|oet|ooc|oong|uan|uang|uat|uay|uac|uanh|uech|uenh|uyu|uyt|uya|uynh|"
    "ach|ang|anh|ech|eng|enh|ich|ing|inh|ong|ung|[aeo]c|uc|[aeiou][mnpt]|ac|ai|ao|au|ay|eo|eu|ia|iu|oa|oe|oi|ua|ue|ui|uo|uu|"
    "uy|a|e|i|o|u|y)"
)
_SYLLABLE = re.compile(_ONSET + _RIME)
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")


def decoded(data: bytes, file: str) -> tuple[bytes, tuple[str, str] | None]:
    """The file as UTF-8 without a mark, and what was done (vi, en) when it came otherwise; KtttError when unknown."""
    if data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
    elif data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _converted(data, "utf-16", "UTF-16", file)
    if b"\x00" in data[:SAMPLE] and data[:SAMPLE].count(b"\x00") > len(data[:SAMPLE]) // 4:
        raise KtttError(
            f"{file}: tệp có vẻ là UTF-16 không có dấu BOM. Lưu lại dạng “CSV UTF-8”.",
            f"{file}: the file looks like UTF-16 without its mark. Save it again as “CSV UTF-8”.",
        )
    try:
        _check_utf8(data)
    except UnicodeDecodeError as error:
        return _eight_bit(data, file, error)
    return data, None


def _check_utf8(data: bytes) -> None:
    """UnicodeDecodeError for what is no UTF-8, found part by part, so that no text of the whole is made."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    for start in range(0, 0 if data.isascii() else len(data), STEP):
        decoder.decode(data[start : start + STEP], final=start + STEP >= len(data))


def _eight_bit(data: bytes, file: str, error: UnicodeDecodeError) -> tuple[bytes, tuple[str, str] | None]:
    sample = data[:SAMPLE]
    scores = {name: _vietnamese_share(decode(sample)) for name, decode in _DECODERS.items()}
    best = max(scores, key=scores.__getitem__)
    if scores[best] < ENOUGH:
        raise KtttError(
            f"{file}: không nhận ra bảng mã (byte {error.object[error.start]:#04x}, không phải UTF-8, CP1258, TCVN3). "
            "Mở tệp trong Excel và lưu lại dạng “CSV UTF-8”.",
            f"{file}: unknown encoding (byte {error.object[error.start]:#04x}; not UTF-8, CP1258 or TCVN3). "
            "Open the file in Excel and save it as “CSV UTF-8”.",
        )
    if best not in ("CP1258", "TCVN3"):
        raise KtttError(
            f"{file}: tệp dùng bảng mã {best}, chưa đọc được. Chuyển sang Unicode (UniKey > Công cụ) và lưu lại.",
            f"{file}: the file is in {best}, which is not read. Convert it to Unicode (UniKey > Toolkit).",
        )
    text = unicodedata.normalize("NFC", _DECODERS[best](data))
    return text.encode("utf-8"), (
        f"Tệp {file} được chuyển từ {best} sang Unicode.",
        f"{file} was converted from {best}.",
    )


def _converted(data: bytes, codec: str, name: str, file: str) -> tuple[bytes, tuple[str, str]]:
    try:
        text = data.decode(codec)
    except UnicodeDecodeError as error:
        raise KtttError(
            f"{file}: tệp {name} bị hỏng hoặc bị cắt giữa chừng. Lưu lại dạng “CSV UTF-8”.",
            f"{file}: the {name} file is damaged or cut off. Save it again as “CSV UTF-8”.",
        ) from error
    return text.encode("utf-8"), (
        f"Tệp {file} được chuyển từ {name} sang Unicode.",
        f"{file} was converted from {name}.",
    )


def from_tcvn3(data: bytes) -> str:
    """Text of TCVN3 bytes; a byte without a letter becomes U+FFFD."""
    return data.decode("latin-1").translate(_FROM_TCVN3)


def _from_cp1258(data: bytes) -> str:
    return unicodedata.normalize("NFC", data.decode("cp1258", errors="replace"))


def _from_vni(data: bytes) -> str:
    """VNI writes the tone as a letter of its own after the vowel (Hôïp taùc xaõ)."""
    marks = {
        "ù": "\u0301",
        "ø": "\u0300",
        "û": "\u0309",
        "õ": "\u0303",
        "ï": "\u0323",
        "â": "\u0302",
        "á": "\u0302\u0301",
    }
    marks |= {"à": "\u0302\u0300", "å": "\u0302\u0309", "ã": "\u0302\u0303", "ä": "\u0302\u0323", "ê": "\u0306"}
    letters = {"ö": "ư", "ô": "ơ", "ñ": "đ", "æ": "ỉ", "í": "í", "ì": "ì", "ò": "ị", "ó": "ĩ"}
    text = data.decode("cp1252", errors="replace")
    vowels = re.compile("([aeouyôöAEOUYÔÖ])([ùøûõïâáàåãäê])")
    text = vowels.sub(lambda found: letters.get(found[1], found[1]) + marks[found[2]], text)
    text = "".join(letters.get(mark, mark) for mark in text)
    return unicodedata.normalize("NFC", text)


_DECODERS = {"CP1258": _from_cp1258, "TCVN3": from_tcvn3, "VNI": _from_vni}


def _vietnamese_share(text: str) -> float:
    """Share of the words beyond ASCII that are well-formed Vietnamese syllables."""
    words = [word for word in re.findall(r"[^\s,;|\"'()./\d-]+", text) if not word.isascii()]
    return sum(map(_is_syllable, words)) / len(words) if words else 0.0


def _is_syllable(word: str) -> bool:
    marks = [mark for mark in unicodedata.normalize("NFD", word.lower()) if unicodedata.combining(mark)]
    letters = all(mark in "ăâđêôơư" or unicodedata.decomposition(mark) or mark.isascii() for mark in word.lower())
    return letters and sum(mark in _TONES for mark in marks) <= 1 and bool(_SYLLABLE.fullmatch(fold(word)))
