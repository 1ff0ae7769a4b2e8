"""A self-contained page: our own templates, styles inline, and a policy that forbids the network."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from kttt_lib.visible import visible

HERE = Path(__file__).parent


@cache
def environment() -> Environment:
    """Templates with autoescape on and undefined names refused."""
    return Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def asset(*names: str) -> str:
    """The text of asset files, joined."""
    return "\n".join((HERE / "assets" / name).read_text(encoding="utf-8") for name in names)


def content_policy(style: str, script: str = "") -> str:
    """Content-Security-Policy: nothing from the network, pictures inline, only this style and this script by hash."""
    parts = ["default-src 'none'", "img-src data:", f"style-src '{_hash(style)}'"]
    if script:
        parts.append(f"script-src '{_hash(script)}'")
    return "; ".join([*parts, "base-uri 'none'", "form-action 'none'"])


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def data_uri(png: bytes) -> str:
    """A PNG as an address that holds it whole."""
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"


def render_page(template: str, *, styles: tuple[str, ...], scripts: tuple[str, ...] = (), **values: object) -> str:
    """Render a template that extends ``page.html.j2``; ``values`` needs language and title."""
    style, script = asset(*styles), asset(*scripts) if scripts else ""
    policy = content_policy(style, script)
    page = environment().get_template(template)
    return visible(page.render(style=Markup(style), script=Markup(script), policy=policy, **values))
