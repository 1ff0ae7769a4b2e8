"""The lock installs, without a compiler, on every Python that the project names."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.specifiers import SpecifierSet
from packaging.tags import compatible_tags, cpython_tags
from packaging.utils import parse_wheel_filename

ROOT = Path(__file__).parents[1]
LOCK = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PYTHONS = [name.split(" :: ")[2] for name in PROJECT["classifiers"] if "Python :: 3." in name]
MANYLINUX = ["manylinux1", "manylinux2014", *(f"manylinux_2_{minor}" for minor in range(17, 29))]
MACHINES = {
    ("linux", "Linux", "x86_64"): [f"{name}_x86_64" for name in MANYLINUX],
    ("linux", "Linux", "aarch64"): [f"{name}_aarch64" for name in MANYLINUX],
    ("darwin", "Darwin", "arm64"): [
        f"macosx_{version}_{kind}"
        for version in ("10_9", "10_12", "10_13", "10_15", "11_0", "12_0", "13_0", "14_0")
        for kind in ("arm64", "universal2")
    ],
    ("win32", "Windows", "AMD64"): ["win_amd64"],
}


def locked(environment: dict[str, str]) -> list[dict]:
    """The packages that the lock installs in an environment, the test tools too."""

    def holds(*markers: str) -> bool:
        return any(Marker(marker).evaluate(environment) for marker in markers)

    packages = {p["name"]: p for p in LOCK["package"] if holds(*p.get("resolution-markers", ["os_name != ''"]))}
    seen, waiting = set(), [("kttt", None)]
    while waiting:
        name, extra = waiting.pop()
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        package = packages[name]
        asked = package.get("optional-dependencies", {}).get(extra, []) if extra else package.get("dependencies", [])
        for wanted in [*asked, *package.get("dev-dependencies", {}).get("dev", [])]:
            if holds(wanted.get("marker", "os_name != ''")):
                waiting += [(wanted["name"], more) for more in (None, *wanted.get("extra", []))]
    return [packages[name] for name, extra in seen if name != "kttt" and extra is None]


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: "-".join(machine[1:]))
@pytest.mark.parametrize("python", PYTHONS)
def test_the_lock_has_a_wheel_of_every_package(python, machine):
    platform, system, processor = machine
    environment = {
        "python_version": python,
        "python_full_version": f"{python}.1",
        "sys_platform": platform,
        "platform_system": system,
        "platform_machine": processor,
        "os_name": "nt" if system == "Windows" else "posix",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
    }
    version, names = tuple(map(int, python.split("."))), MACHINES[machine]
    good = {*cpython_tags(version, platforms=names), *compatible_tags(version, f"cp{version[0]}{version[1]}", names)}
    packages = locked(environment)
    assert len(packages) > 100
    for package in packages:
        wheels = [parse_wheel_filename(wheel["url"].rsplit("/", 1)[-1])[3] for wheel in package.get("wheels", [])]
        assert any(tags & good for tags in wheels), package["name"]


def test_the_named_pythons_are_those_that_the_project_asks_for():
    allowed = SpecifierSet(PROJECT["requires-python"])
    assert [f"3.{minor}" for minor in range(30) if allowed.contains(f"3.{minor}.1")] == PYTHONS
    assert LOCK["requires-python"].replace(" ", "") == PROJECT["requires-python"]
