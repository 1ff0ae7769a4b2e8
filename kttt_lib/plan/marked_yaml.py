"""YAML read with the line of every key and value, so that a fault can be shown where it stands.

YAML 1.1 as PyYAML's safe loader reads it, with four things refused: a key given twice (PyYAML keeps the last one
silently), keys that are not text, aliases, and tags. So are numbers that two readers would read in two ways: 1.500
(one and a half, or fifteen hundred), 020 (sixteen to YAML) and 1:30 (ninety).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from kttt_lib.plan.problems import Problem
from kttt_lib.visible import lying, named

Place = tuple[str | int, ...]
MAX_DEPTH = 20
_TWO_READINGS = re.compile(r"[-+]?(?:[1-9]\d{0,2}\.\d{3}|0\d+|\d+(?::\d+)+)")


@dataclass
class MarkedYaml:
    """``data`` (None when unreadable), the lines of keys and values by place, and the faults of the text itself."""

    file: str
    data: object = None
    key_lines: dict[Place, int] = field(default_factory=dict)
    value_lines: dict[Place, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def line(self, place: Place, key: bool = False) -> int:
        """Line of the value (or key) at ``place``, else of the nearest thing around it that the file does hold."""
        lines = self.key_lines if key else self.value_lines
        for end in range(len(place), -1, -1):
            if place[:end] in lines:
                return lines[place[:end]]
        return 1

    def name(self, place: Place) -> str:
        """``targets[2] (T3).unit``: list items carry their id when they have one."""
        text, node = "", self.data
        for step in place:
            text += f"[{step}]" if isinstance(step, int) else f"{'.' if text else ''}{step}"
            node = _child(node, step)
            if isinstance(step, int) and isinstance(node, dict) and isinstance(node.get("id"), str):
                text += f" ({node['id']})"
        return text

    def get(self, place: Place) -> object:
        """The value at ``place``; None when the file does not go there."""
        node = self.data
        for step in place:
            node = _child(node, step)
        return node

    def problem(
        self, place: Place, message: tuple[str, str], mend: tuple[str, str] = ("", ""), key: bool = False
    ) -> Problem:
        """A problem at ``place``; messages and mends are (vi, en)."""
        return Problem(self.file, self.line(place, key), self.name(place), *message, *mend)


def _child(node: object, step: str | int) -> object:
    if isinstance(step, int):
        return node[step] if isinstance(node, list) and step < len(node) else None
    return node.get(step) if isinstance(node, dict) else None


def read_marked(path: str | Path) -> MarkedYaml:
    """Read a file; every fault of the text is in ``problems``, nothing is raised."""
    marked = MarkedYaml(file=str(path))
    text = _read_text(Path(path), marked)
    if text is None:
        return marked
    loader = yaml.SafeLoader(text) if _readable(text, marked) else None
    if loader is None:
        return marked
    try:
        node = loader.get_single_node()
        if node is None:
            _whole(marked, ("tệp trống", "the file is empty"))
        else:
            marked.data = _Walk(loader, marked).value(node, ())
    except yaml.YAMLError as error:
        marked.data = None
        marked.problems.append(_syntax_problem(marked.file, text, error))
    except RecursionError:
        marked.data = None
        _whole(marked, ("lồng nhau quá sâu", "nested too deep"))
    finally:
        loader.dispose()
    return marked


def _read_text(path: Path, marked: MarkedYaml) -> str | None:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        _whole(marked, ("không tìm thấy tệp", "no such file"), ("kiểm tra lại đường dẫn", "check the path"))
    except UnicodeDecodeError as error:
        _whole(
            marked,
            (f"không phải văn bản UTF-8 (byte thứ {error.start})", f"not UTF-8 text (at byte {error.start})"),
            ("lưu lại tệp với mã UTF-8", "save the file as UTF-8"),
        )
    except OSError as error:
        _whole(marked, (f"không đọc được ({error.strerror})", f"cannot be read ({error.strerror})"))
    return None


def _readable(text: str, marked: MarkedYaml) -> bool:
    try:
        yaml.reader.Reader(text)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        marked.problems.append(
            Problem(
                marked.file,
                line,
                "",
                f"có ký tự điều khiển mà YAML không cho phép ({named([text[error.position]])})",
                f"a control character that YAML does not allow ({named([text[error.position]])})",
                "xóa ký tự đó",
                "delete it",
            )
        )
        return False
    return True


def _whole(marked: MarkedYaml, message: tuple[str, str], mend: tuple[str, str] = ("", "")) -> None:
    marked.problems.append(Problem(marked.file, 0, "", *message, *mend))


def _syntax_problem(file: str, text: str, error: yaml.YAMLError) -> Problem:
    mark, began = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    left_open = "flow" in str(getattr(error, "context", "")) or "end of stream" in str(getattr(error, "problem", ""))
    if mark is None or (began is not None and left_open):
        mark = began or mark  # where something was opened says more than where the reader noticed
    line = mark.line + 1 if mark else 0
    lines = text.splitlines()
    source = lines[line - 1].strip() if 0 < line <= len(lines) else ""
    value = source.partition(":")[2].strip()
    detail = getattr(error, "problem", None) or str(error)
    mend = ("kiểm tra dấu hai chấm, thụt lề và dấu nháy", "check colons, indentation and quotes")
    if value[:1] in {">", "<", "=", "%", "|", "@", "`", "&", "*", "!"}:
        mend = (f'đặt giá trị trong dấu nháy: "{value}"', f'put the value in quotes: "{value}"')
    if "\t" in source or "'\\t'" in detail:
        mend = ("thay dấu tab bằng dấu cách", "use spaces, not tabs")
    return Problem(
        file, line, "", f"không đúng cú pháp YAML ({detail}): {source!r}", f"not YAML ({detail}): {source!r}", *mend
    )


class _Walk:
    """Nodes to Python values, noting lines on the way."""

    def __init__(self, loader: yaml.SafeLoader, marked: MarkedYaml) -> None:
        self.loader, self.marked = loader, marked
        self.seen: set[int] = set()

    def value(self, node: yaml.Node, place: Place) -> object:
        self.marked.value_lines[place] = node.start_mark.line + 1
        if len(place) > MAX_DEPTH:
            raise RecursionError
        if not isinstance(node, yaml.ScalarNode):
            if id(node) in self.seen:
                return self._refuse(place, ("bí danh YAML (*) không được dùng", "YAML aliases (*) are not allowed"))
            self.seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, place)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*place, index)) for index, item in enumerate(node.value)]
        return self._scalar(node, place)

    def _mapping(self, node: yaml.MappingNode, place: Place) -> dict[str, object]:
        result: dict[str, object] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else None
            if not isinstance(key, str):
                self.marked.problems.append(
                    Problem(
                        self.marked.file,
                        line,
                        self.marked.name(place),
                        "tên trường phải là chữ",
                        "a field's name must be text",
                    )
                )
                continue
            here = (*place, key)
            if key in result:
                first = self.marked.key_lines[here]
                self.marked.problems.append(
                    Problem(
                        self.marked.file,
                        line,
                        ".".join(str(step) for step in here),
                        f"trường '{key}' đã có ở dòng {first}",
                        f"field '{key}' already stands at line {first}",
                        "giữ một, xóa một",
                        "keep one of them",
                    )
                )
                continue
            self.marked.key_lines[here] = line
            result[key] = self.value(value_node, here)
            self._seen(key, here)
        return result

    def _scalar(self, node: yaml.ScalarNode, place: Place) -> object:
        if node.tag == "tag:yaml.org,2002:value":  # YAML 1.1 reads a lone "=" as a tag of its own
            return node.value
        number = node.style is None and node.tag in ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")
        if number and _TWO_READINGS.fullmatch(node.value):
            vi, en = f"số '{node.value}' đọc được theo hai cách", f"the number '{node.value}' can be read in two ways"
            mend = "viết số không có dấu ngăn nhóm và số 0 ở đầu", "write it without separators or leading zeros"
            return self._refuse(place, (vi, en), mend)
        if (hidden := self._seen(node.value, place)) is not None:
            return hidden
        try:
            return self.loader.construct_object(node)
        except yaml.constructor.ConstructorError:
            return self._refuse(
                place, (f"nhãn YAML '{node.tag}' không được dùng", f"YAML tag '{node.tag}' is not allowed")
            )
        except (ValueError, OverflowError, AttributeError):
            return self._refuse(
                place,
                (f"'{node.value}' không phải ngày hay số có thật", f"'{node.value}' is no real date or number"),
                ("ngày viết dạng 2020-12-31", "write dates like 2020-12-31"),
            )

    def _seen(self, text: str, place: Place) -> object:
        """None for a text that looks as it reads; else it is refused."""
        if not (letters := lying(text)):
            return None
        vi = f"có ký tự không nhìn thấy hoặc làm đảo chiều chữ: {named(letters)}"
        en = f"characters that are not seen or that turn the text about: {named(letters)}"
        return self._refuse(place, (vi, en), ("xóa các ký tự đó", "delete them"))

    def _refuse(self, place: Place, message: tuple[str, str], mend: tuple[str, str] = ("", "")) -> object:
        text = ".".join(str(step) for step in place)
        self.marked.problems.append(Problem(self.marked.file, self.marked.line(place), text, *message, *mend))
        return REFUSED


class _Refused:
    """Stands where a value was refused, so that later checks do not complain of it again."""

    def __repr__(self) -> str:
        return "(refused)"


REFUSED = _Refused()
