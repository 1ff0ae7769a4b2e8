"""A national registry is streamed: memory is bounded by a block, not by the country."""

from __future__ import annotations

import subprocess
import sys

import pyarrow.parquet as pq
import pytest

SCRIPT = """
import resource, sys
from kttt_lib.registry.sample import write_sample
write_sample(sys.argv[1], organisations={"htx": 30_000, "tht": 70_000}, years=(2011, 2020), format="parquet")
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


@pytest.mark.slow
def test_a_national_registry_of_ten_years_fits_in_memory(tmp_path):
    done = subprocess.run([sys.executable, "-c", SCRIPT, str(tmp_path)], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 512, "peak memory in MiB"
    organisations = pq.read_table(tmp_path / "organisations.parquet", columns=["org_id", "kind"]).to_pandas()
    assert len(organisations) == 100_000 and organisations["org_id"].is_unique
    assert (organisations["kind"] == "tht").sum() == 70_000
    assert pq.ParquetFile(tmp_path / "organisations.parquet").num_row_groups == 20
    assert pq.ParquetFile(tmp_path / "annual_reports.parquet").metadata.num_rows > 600_000
