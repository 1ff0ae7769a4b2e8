"""What of the site is not written by hand: the gallery, made of the committed notebooks when it is built."""

from __future__ import annotations

import base64
import json
import re
from html import unescape
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parents[1]
_PICTURE = re.compile(r'<img src="data:image/png;base64,(?P<png>[^"]+)" alt="(?P<alt>[^"]*)"')
INTRODUCTION = (
    "# Gallery\n\nThe first figure of each notebook, on the **synthetic** registry that comes with the code. "
    "Run the notebooks with `make lab`; their figures follow `LANGUAGE`.\n"
)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the gallery's page and pictures."""
    page, seen = [INTRODUCTION], set()
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        picture, alt = _first_picture(json.loads(path.read_text(encoding="utf-8")))
        if picture and picture not in seen:
            seen.add(picture)
            files.append(File.generated(config, f"images/{path.stem}.png", content=picture))
            page.append(f"## {path.stem}\n\n![{alt}](images/{path.stem}.png)\n\n{alt}\n")
    files.append(File.generated(config, "gallery.md", content="\n".join(page)))
    return files


def _first_picture(notebook: dict) -> tuple[bytes, str]:
    for cell in notebook["cells"]:
        for output in cell.get("outputs", ()):
            shown = _PICTURE.search("".join(output.get("data", {}).get("text/html", "")))
            if shown:
                alt = unescape(shown["alt"]).replace("[", "(").replace("]", ")")
                return base64.b64decode(shown["png"]), alt
    return b"", ""
