"""The RO-Crate beside a manifest: read back by the library, the same each time, without the network."""

from __future__ import annotations

import json
import socket

from rocrate.rocrate import ROCrate

from kttt_lib.pipeline.crate import CRATE, crate, digest_of, write_crate

TOLD = {
    "plan": "ninh-binh-2020",
    "as_of": "2020-12-31",
    "language": "vi",
    "audience": "public",
    "set_aside": 3,
    "synthetic": True,
    "about": {"label_vi": "Dữ liệu mô phỏng"},
    "by": "",
    "inputs": {"plan": {"ninh-binh-2020.yaml": "1" * 64}, "lock": {"uv.lock": "2" * 64}},
}
MADE = {"annual_report.html": "a" * 64, "notebooks/01_registry.ipynb": "b" * 64, "tables.xlsx": "c" * 64}


def test_the_same_run_has_the_same_crate_and_no_network_is_asked(monkeypatch):
    def no_network(*_):
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", no_network)
    assert json.dumps(crate(TOLD, MADE)) == json.dumps(crate(TOLD, MADE))


def test_the_crate_is_read_back_with_every_file_input_and_parameter(tmp_path):
    for name in MADE:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    (tmp_path / "manifest.json").write_text("{}")
    assert write_crate(TOLD, MADE, tmp_path).name == CRATE
    found = ROCrate(tmp_path)
    files = {entity.id: entity["sha256"] for entity in found.data_entities if entity.id != "manifest.json"}
    assert files == MADE
    assert found.root_dataset["datePublished"] == "2020-12-31"  # no clock
    assert found.root_dataset["description"] == "Dữ liệu mô phỏng"
    action = found.root_dataset["mentions"]
    assert action.type == "CreateAction" and action["instrument"]["name"] == "kttt"
    inputs = {entity["name"]: entity["sha256"] for entity in action["object"] if entity.id.startswith("#input-")}
    assert inputs == {group: digest_of(files) for group, files in TOLD["inputs"].items()}
    assert {entity.id for entity in action["result"]} == {*MADE, "manifest.json"}


def test_a_digest_of_a_group_moves_with_any_name_or_hash_in_it_and_not_with_their_order():
    one = digest_of({"a": "1", "b": "2"})
    assert one == digest_of({"b": "2", "a": "1"})
    assert len({one, digest_of({"a": "1", "b": "3"}), digest_of({"a": "1", "c": "2"}), digest_of({"a": "1"})}) == 4
