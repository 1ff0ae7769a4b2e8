"""`kttt app` in a real Chromium: a list is dropped, a question answered by keyboard, mapping and registry come back."""

from __future__ import annotations

import base64
import signal
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

sys.path.append(str(Path(__file__).parents[1] / "intake"))

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PATIENCE = 300  # seconds, on a machine that does other things too
DROP = """([text, name]) => {
    const bytes = Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
    const data = new DataTransfer();
    data.items.add(new File([bytes], name));
    document.querySelector('.widget-upload').dispatchEvent(
        new DragEvent('drop', {dataTransfer: data, bubbles: true, cancelable: true}));
}"""


def test_a_list_dropped_becomes_a_mapping_and_a_registry_and_nothing_is_left(chromium, served, tmp_path):
    import layouts
    from axe_playwright_python.sync_playwright import Axe

    from kttt_lib.intake import read_mapping
    from kttt_lib.registry import read_registry

    address, folder, server = served
    parts = urlsplit(address)
    root = f"http://{parts.netloc}/"
    (private,) = folder.glob("kttt-app-*")

    page = chromium.new_page()
    page.set_default_timeout(PATIENCE * 1000)
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(address)
    page.get_by_role("button", name="Chọn hoặc thả danh sách").wait_for()
    assert page.evaluate("document.documentElement.lang") == "vi" and "token" not in page.url
    assert "open_intake" not in page.content(), "code is shown"

    made = layouts.a_sheet_a_district(tmp_path)
    data = base64.b64encode(made.files[0].read_bytes()).decode()
    page.evaluate(DROP, [data, "..\\..\\<img src=x onerror=alert(1)>.xlsx"])
    province = page.get_by_label("Tỉnh (cần trả lời)")
    province.wait_for()
    assert page.get_by_text("<img src=x onerror=alert(1)>.xlsx").count() and not page.locator("main img").count()
    uploads = [path.name for path in private.rglob("tep-*")]
    assert uploads == ["tep-0001.xlsx"]

    # From the answer to the check by the keyboard alone.
    province.focus()
    page.keyboard.type("Ninh Bình")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Lưu câu trả lời và kiểm tra":
            break
    page.keyboard.press("Enter")
    page.get_by_role("status").filter(has_text="Xong: 12 tổ chức, 0 lỗi").wait_for()
    assert page.evaluate("document.activeElement.textContent") == "Lưu câu trả lời và kiểm tra", "focus is lost"

    got = {}
    for name in ("mapping.yaml", "registry.xlsx"):
        with page.expect_download() as waiting:
            page.get_by_role("link", name=name).press("Enter")
        got[name] = tmp_path / name
        waiting.value.save_as(got[name])
    assert read_mapping(got["mapping.yaml"]).province == "Ninh Bình"
    registry = read_registry(got["registry.xlsx"])
    assert sorted(registry.tables["organisations"]["name"]) == sorted(made.organisations["name"])
    assert sorted(registry.tables["annual_reports"]["revenue"]) == sorted(made.reports["revenue"])

    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    found = Axe().run(page, options={"runOnly": rules, "resultTypes": ["violations"]}).response["violations"]
    assert [(v["id"], [n["target"] for n in v["nodes"][:3]], v["nodes"][0]["failureSummary"]) for v in found] == []
    elsewhere = [url for url in requests if not url.startswith((root, "data:", "blob:"))]
    assert elsewhere == []
    page.close()

    server.send_signal(signal.SIGTERM)
    server.wait(PATIENCE)
    assert not private.exists() and not list(folder.glob("kttt-*")) and not list(folder.rglob("tep-*"))
