"""`kttt verify`: a run's folder made again in a clean place, and whether every byte is the same."""

from __future__ import annotations

import ast
import json
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from kttt_lib.errors import KtttError, Language
from kttt_lib.files import hash_tree, sha256
from kttt_lib.pipeline.elsewhere import Asked, place, placeable, read_files, render_elsewhere
from kttt_lib.pipeline.publish import MANIFEST, NOTEBOOKS
from kttt_lib.plan.named import located, named_plan, plan_path, registry_source
from kttt_lib.report.claims.folder import DATAPACKAGE, PLAN, TABLES
from kttt_lib.report.words import word
from kttt_lib.resources import IN_CHECKOUT, ROOT

ANNUAL = "07_annual_report.ipynb"
PDF = "annual_report.pdf"
OF_RUN = ("plan", "as_of", "language", "audience", "synthetic", "about", "set_aside", "by")
TOLD = 12


@dataclass(frozen=True)
class Verified:
    """``changed``: files that are not as the manifest of the folder says; ``differ``: those that come out otherwise,
    are not made any more or are new, made again; ``inputs``: what of that the run rests on is another now, by group,
    with the files. Truthy when every byte is the same."""

    files: int
    changed: tuple[str, ...]
    differ: tuple[str, ...]
    inputs: Mapping[str, tuple[str, ...]]
    public: bool

    def __bool__(self) -> bool:
        return not (self.changed or self.differ)

    def sentences(self, language: Language) -> list[str]:
        """What was found, a sentence a line."""

        def say(key: str, names: tuple[str, ...] = (), **values: object) -> str:
            more = [f"… +{len(names) - TOLD}"] if len(names) > TOLD else []
            text = word(f"verify.{key}", language)
            return text.format(n=len(names), files=", ".join([*names[:TOLD], *more]), **values)

        told = [say("same", of=self.files)] if self else []
        told += [say("changed", self.changed)] if self.changed else []
        told += [say("differ", self.differ, of=self.files)] if self.differ else []
        told += [say("input", names, group=group) for group, names in self.inputs.items()]
        if self.differ and not self.inputs:
            told += [say("no_input")]
        if self.differ and self.public:
            told += [say("public")]
        return told


def verify_run(
    folder: Path,
    registry: str | Path | None = None,
    reference: str | Path | None = None,
    say: Callable[[str], None] = lambda text: None,
) -> Verified:
    """Make the report of ``folder`` again, in an empty folder with an empty store, and compare every file.

    ``registry`` is where the registry lies now, by default where the run had it; ``reference`` the office's Word file
    of the run. A run's plan that is no longer where it was is taken from its folder. KtttError for a folder that no
    `kttt report` wrote, and for a registry that is not found.
    """
    manifest, parameters = read_run(folder)
    asked = _asked(folder, manifest, parameters, reference)
    written = hash_tree(folder)
    with tempfile.TemporaryDirectory() as name:
        clean = Path(name).resolve()
        outputs = clean / "outputs"
        _find_plan(asked, folder, manifest, clean)
        asked = _find_registry(asked, registry, clean)
        if asked.audience == "public":
            _bring_editions(folder, asked, manifest["plan"], outputs)
        made = render_elsewhere(asked, clean, outputs, say=say)
        again = hash_tree(made)
        now = json.loads((made / MANIFEST).read_text(encoding="utf-8"))
    told = manifest["outputs"]
    changed = sorted(name for name in {*told, *written} - {MANIFEST} if told.get(name) != written.get(name))
    differ = sorted(name for name in {*written, *again} if written.get(name) != again.get(name))
    inputs = _other_inputs(manifest, now, parameters)
    return Verified(len(written), tuple(changed), tuple(differ), inputs, asked.audience == "public")


def read_run(folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The manifest, and the parameters that the run's notebooks were given. KtttError for no run's folder."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        cells = nbformat.read(folder / NOTEBOOKS / ANNUAL, as_version=4).cells
        given = next(c.source for c in cells if "injected-parameters" in c.metadata.get("tags", []))
        values = {
            node.targets[0].id: ast.literal_eval(node.value)  # type: ignore[attr-defined]
            for node in ast.parse(given).body
            if isinstance(node, ast.Assign)
        }
        if not isinstance(manifest["outputs"], dict) or not isinstance(manifest["inputs"], dict):
            raise ValueError("no manifest")
        return manifest, {name: values[name] for name in ("PLAN", "REGISTRY", "QUARANTINE")} | values
    except Exception:  # whatever a damaged file makes readers raise
        raise KtttError(
            f"{folder}: không phải thư mục mà `kttt report` đã ghi, hoặc {MANIFEST}, {NOTEBOOKS}/{ANNUAL} hỏng hay "
            "thiếu, nên không biết chạy lại thế nào.",
            f"{folder}: is not a folder that `kttt report` wrote, or {MANIFEST}, {NOTEBOOKS}/{ANNUAL} is damaged or "
            "missing, so how to run it again is not known.",
        ) from None


def _asked(
    folder: Path, manifest: Mapping[str, Any], parameters: Mapping[str, Any], reference: str | Path | None
) -> Asked:
    if "reference_doc" in manifest["inputs"] and reference is None:
        raise KtttError(
            f"{folder}: báo cáo này lập theo mẫu Word của cơ quan; đưa tệp ấy bằng --reference-doc.",
            f"{folder}: this report was made in an office's own Word file; give it by --reference-doc.",
        )
    return Asked(
        str(parameters["PLAN"]), str(parameters["REGISTRY"]), str(manifest["as_of"]), str(manifest["language"]),
        str(manifest["audience"]), bool(parameters["QUARANTINE"]), str(parameters.get("COMMENTS", "")),
        str(Path(reference).resolve()) if reference else "", PDF in manifest["outputs"],
    )  # fmt: skip


def _find_plan(asked: Asked, folder: Path, manifest: Mapping[str, Any], clean: Path) -> None:
    """The plan as it lies where the run had it; where nothing does, the run's own copy in its place."""
    try:
        source = plan_path(asked.plan)
    except KtttError:
        if Path(asked.plan).suffix not in (".yaml", ".yml") or not placeable(asked.plan):
            raise
        source = folder / PLAN
    if named_plan(asked.plan) is None:
        _bring(asked.plan, source, clean)
    if asked.comments:
        _bring(asked.comments, located("COMMENTS", asked.comments), clean)


def _bring(given: str, source: Path, clean: Path) -> None:
    """What a relative path leads to from here, put where it leads from ``clean``; a checkout's own is found anyhow."""
    if placeable(given) and not (IN_CHECKOUT and (ROOT / given).exists()):
        files = {Path(given).name: source.read_bytes()} if source.is_file() else read_files(source)
        place(given, files, clean)


def _find_registry(asked: Asked, given: str | Path | None, clean: Path) -> Asked:
    """The request with words for the registry that lead to it from ``clean``."""
    if "://" in asked.registry and str(given) != asked.registry:
        # A folder that somebody sent must not make this machine call an address.
        raise KtttError(
            "Báo cáo này dựa vào một cơ sở dữ liệu; ghi lại địa chỉ ấy bằng --registry để cho phép đọc.",
            "This report rests on a database; give its address again by --registry to allow reading it.",
        )
    if given is None or str(given) == asked.registry or asked.registry == "sample":
        found = registry_source(asked.registry)
        if asked.registry != "sample" and "://" not in asked.registry:
            _bring(asked.registry, Path(found), clean)
        return asked
    source = Path(registry_source(given))
    if Path(asked.registry).is_absolute():
        if Path(asked.registry).resolve() == source.resolve():
            return asked
        raise KtttError(
            f"Trang sổ tay của báo cáo ghi sổ ở {asked.registry}; đặt sổ ở đúng nơi ấy thì mới so từng byte được.",
            f"The notebooks of this report show the registry at {asked.registry}; put it there, as every byte can be "
            "compared only so.",
        )
    place(asked.registry, read_files(source), clean)
    return asked


def _bring_editions(folder: Path, asked: Asked, plan: str, outputs: Path) -> None:
    """The other public editions of the plan that lie beside the run: what it tells depends on them."""
    root = folder.resolve().parent.parent
    own = sha256(folder / TABLES)
    for place_of in (Path(plan), Path(".store", "editions", plan)):
        for edition in sorted((root / place_of).glob("*")):
            names = [edition / name for name in (TABLES, DATAPACKAGE, MANIFEST)]
            if all(path.is_file() for path in names) and sha256(names[0]) != own:
                target = outputs / place_of / edition.name
                target.mkdir(parents=True)
                for path in names:
                    shutil.copyfile(path, target / path.name)


def _other_inputs(
    before: Mapping[str, Any], now: Mapping[str, Any], parameters: Mapping[str, Any]
) -> dict[str, tuple[str, ...]]:
    """What the run rested on that is another now: by group, the files that differ."""
    found: dict[str, tuple[str, ...]] = {}
    for name in OF_RUN:
        if before.get(name) != now.get(name):
            found[name] = (f"{before.get(name)} → {now.get(name)}",)
    for name in ("as_of", "language", "audience"):
        if (noted := parameters.get(name.upper(), before[name])) != before[name]:
            found[name] = (f"{noted} → {before[name]}",)
    for group in sorted({*before["inputs"], *now["inputs"]}):
        was, is_now = before["inputs"].get(group, {}), now["inputs"].get(group, {})
        if files := sorted(name for name in {*was, *is_now} if was.get(name) != is_now.get(name)):
            found[group] = tuple(files)
    return found
