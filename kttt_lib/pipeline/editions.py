"""Public editions that a new one must not be subtracted from: those beside it, those published before, one given."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

from kttt_lib.disclosure import COMPARED
from kttt_lib.errors import KtttError
from kttt_lib.files import sha256, whole_folder
from kttt_lib.pipeline.settings import Settings
from kttt_lib.pipeline.store import Tables
from kttt_lib.report.datapackage import read_tables
from kttt_lib.report.names import DATAPACKAGE, MANIFEST, TABLES


def earlier_editions(settings: Settings, plan: str, as_of: date, synthetic: bool) -> dict[str, Tables]:
    """Figures of the plan's public editions of this day or before, by their day and the SHA-256 of their workbook.

    Those that lie in the outputs or were once published there (:func:`keep_edition`), and ``settings.earlier``. A
    made-up registry tells of nobody: its editions do not bear on a real one's, nor the other way round. KtttError for
    one that cannot be read.
    """
    folders = [*(settings.outputs / plan).glob("*-public"), *_kept(settings.outputs, plan).glob("*")]
    found: dict[str, Tables] = {}
    for folder in [*sorted(folders), *([settings.earlier] if settings.earlier else [])]:
        given = folder == settings.earlier
        if not given and not any((folder / name).exists() for name in (MANIFEST, TABLES)):
            continue
        try:
            manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
            of = (manifest["plan"], manifest["audience"], bool(manifest["synthetic"]))
            day = date.fromisoformat(manifest["as_of"])
            digests = [sha256(folder / name) for name in (TABLES, DATAPACKAGE)]
            if digests != [manifest["outputs"][name] for name in (TABLES, DATAPACKAGE)]:
                raise ValueError("changed")
            tables = {} if of != (plan, "public", synthetic) or day > as_of else read_tables(folder, COMPARED)
        except Exception:  # whatever a damaged workbook or description makes readers raise
            raise KtttError(
                f"{folder}: không đọc được bản công khai trước (tệp thiếu, hỏng hoặc đã bị sửa), nên không biết "
                "bản mới trừ đi bản ấy để lộ gì. Chưa ghi gì; khôi phục thư mục này, hoặc "
                "dời nó đi nếu chưa hề công bố.",
                f"{folder}: an earlier public edition cannot be read (files missing, damaged or changed), so what "
                "the new one less it would tell is not known. Nothing was written; restore it, or "
                "move it away if it was never published.",
            ) from None
        if tables:
            found.setdefault(f"{day.isoformat()} {digests[0][:12]}", tables)
        elif given:
            raise KtttError(
                f"EARLIER = {folder}: không phải bản công khai của Kế hoạch {plan} cùng ngày hoặc trước ngày {as_of}.",
                f"EARLIER = {folder}: not a public edition of the plan {plan} of {as_of} or before.",
            )
    return found


def keep_edition(outputs: Path, plan: str, as_of: date, folder: Path) -> None:
    """Keep what a public edition told, for when another takes its folder."""
    kept = _kept(outputs, plan) / f"{as_of.isoformat()}-{sha256(folder / TABLES)[:12]}"
    if not kept.exists():
        with whole_folder(kept) as made:
            for name in (TABLES, DATAPACKAGE, MANIFEST):
                shutil.copyfile(folder / name, made / name)


def _kept(outputs: Path, plan: str) -> Path:
    return outputs / ".store" / "editions" / plan
