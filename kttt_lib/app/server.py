"""`kttt app`: the page of ``00_intake`` served by Voilà, to this machine alone, and every file removed at the end."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import stat
import tempfile
import time
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from traitlets.config import Config
from voila.app import Voila

from kttt_lib.app import FOLDER
from kttt_lib.files import locked
from kttt_lib.registry.sources.limits import MOST_UPLOAD
from kttt_lib.resources import NOTEBOOKS

LOOPBACK = "127.0.0.1"
NOTEBOOK = "00_intake.ipynb"
PREFIX = "kttt-app-"
LOCK = "dang-chay"
JUST_MADE = 10  # seconds
TEMPLATES = Path(__file__).parent / "jupyter"
# What a page of another site could do is answered by the browser: nothing is fetched from or sent to elsewhere.
POLICY = (
    "default-src 'self' data: blob:; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline';"
    " connect-src 'self'; form-action 'self'; base-uri 'self'; frame-ancestors 'none'; object-src 'none'"
)


class Server(Voila):
    """Voilà with one notebook, one address and one token; ``ready`` is called with the page's address."""

    ready: Any = staticmethod(lambda address: None)

    def launch_browser(self) -> None:
        """It listens: say where."""
        self.ready(f"http://{self.ip}:{self.port}/?token={self.token}")


def configuration(folder: Path, port: int) -> Config:
    """Everything that Voilà is told; files of the user's own for Voilà and Jupyter say nothing here."""
    return Config(
        {
            "Voila": {
                "ip": LOOPBACK,
                "port": port,
                "token": secrets.token_urlsafe(32),
                "config_file_paths": [],
                "root_dir": str(folder),
                "connection_dir_root": str(folder),
                "log_level": "ERROR",
                "tornado_settings": {
                    "allow_remote_access": False,
                    "local_hostnames": ["localhost"],
                    "websocket_max_message_size": MOST_UPLOAD + (1 << 20),
                    "headers": {
                        "Content-Security-Policy": POLICY,
                        "Referrer-Policy": "no-referrer",
                        "X-Content-Type-Options": "nosniff",
                    },
                },
            },
            "VoilaConfiguration": {
                "template": "kttt",
                "allow_template_override": "NO",
                "allow_theme_override": "NO",
                "strip_sources": True,
                "show_tracebacks": False,
                "file_allowlist": [],
                "resources": {"most_upload": MOST_UPLOAD},
            },
            "HTMLExporter": {"language_code": "vi"},
            # A report is handed over as one message.
            "ZMQChannelsWebsocketConnection": {"iopub_data_rate_limit": 1 << 30},
            # A page that was closed without saying so.
            "MappingKernelManager": {"cull_idle_timeout": 1800, "cull_interval": 300, "cull_connected": False},
        }
    )


@contextmanager
def private_folder() -> Iterator[Path]:
    """A folder that only this user may enter, removed at the end; those that a killed `kttt app` left go now."""
    for left in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError, TimeoutError):
            if _ours(left):
                with locked(left / LOCK, 0.05):  # nobody is at work there
                    pass
                shutil.rmtree(left)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    try:
        with locked(folder / LOCK, 5):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _ours(left: Path) -> bool:
    """Whether a folder is this user's, and no other process can be just about to hold it."""
    found = left.lstat()
    user = os.getuid() if hasattr(os, "getuid") else found.st_uid
    return stat.S_ISDIR(found.st_mode) and found.st_uid == user and time.time() - found.st_mtime > JUST_MADE


def serve(port: int, browser: bool, say: Any) -> None:
    """Serve the page until Ctrl+C or SIGTERM. ``say`` is told the address, with its token."""
    with private_folder() as folder:
        shutil.copyfile(NOTEBOOKS / NOTEBOOK, folder / NOTEBOOK)
        # The kernels' too.
        os.environ[FOLDER] = str(folder)
        os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, [str(TEMPLATES), os.environ.get("JUPYTER_PATH")]))

        def ready(address: str) -> None:
            say(address)
            if browser:
                # Not on a command line, where other users of the machine would read the token.
                page = folder / "mo.html"
                page.write_text(f'<meta http-equiv="refresh" content="0;url={address}">', encoding="utf-8")
                webbrowser.open(page.as_uri())

        server = Server(config=configuration(folder, port))
        server.ready = ready
        server.initialize([str(folder / NOTEBOOK)])
        if hasattr(signal, "SIGHUP"):  # its terminal is closed
            signal.signal(signal.SIGHUP, server._handle_signal_stop)
        server.start()
