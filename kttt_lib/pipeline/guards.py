"""What no door lets through: days, registries and rows of which a report would read well and mean nothing."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from kttt_lib.errors import KtttError
from kttt_lib.plan import Plan
from kttt_lib.registry import Registry


def refuse_day(plan: Plan, as_of: date) -> None:
    """Stop at a day before the plan begins."""
    start = plan.period.start
    if as_of < start:
        raise KtttError(
            f"AS_OF = {as_of} trước khi kế hoạch {plan.id} bắt đầu ({start}); chọn ngày từ {start} trở đi.",
            f"AS_OF = {as_of} is before the plan {plan.id} begins ({start}); choose a day from {start} on.",
        )


def refuse_registry(plan: Plan, registry: Registry, quarantine: bool) -> None:
    """Stop at a registry of another province or of nobody, and at rows in error unless asked to go on without them."""
    province = registry.about.get("province")
    if province and _bare(province) != _bare(plan.province):
        made = f'kttt sample thu-muc --province "{plan.province}" --organisations 500'
        raise KtttError(
            f"Sổ đăng ký ghi province: {province}, kế hoạch {plan.id} là của {plan.province}; đưa đúng sổ bằng "
            f"REGISTRY=..., hoặc tạo sổ mô phỏng: {made}",
            f"The registry says province: {province}, the plan {plan.id} is of {plan.province}; give the right one by "
            f"REGISTRY=..., or make a synthetic one: {made}",
        )
    counts = registry.counts.set_index("table")
    if counts.loc["organisations", "read"] == 0:
        raise KtttError(
            "Sổ đăng ký chưa có tổ chức nào nên không có gì để báo cáo; điền bảng Tổ chức rồi chạy lại.",
            "The registry has no organisation, so there is nothing to report; fill in the table Organisations and run "
            "again.",
        )
    if quarantine:
        return
    try:
        registry.require_clean(shown=3)
    except KtttError as error:
        read, aside = (int(registry.counts[name].sum()) for name in ("read", "quarantined"))
        raise KtttError(
            f"{aside} trong {read} dòng của sổ đăng ký có lỗi:\n{error.message_vi}\nSửa rồi chạy lại (`kttt check` và "
            "sổ tay 01_registry kể hết các lỗi). Muốn tính mà bỏ các dòng này: --quarantine, trong sổ tay "
            "QUARANTINE = True.",
            f"{aside} of {read} rows of the registry are in error:\n{error.message_en}\nMend and run again (`kttt "
            "check` and notebook 01_registry tell all errors). To go on without these rows: --quarantine, in a "
            "notebook QUARANTINE = True.",
        ) from None


def _bare(province: object) -> str:
    """A province's name however it is typed: composed or decomposed letters, capitals, spaces, "Tỉnh" before it."""
    name = " ".join(unicodedata.normalize("NFC", str(province)).casefold().split())
    return re.sub(r"^(tỉnh|thành phố|tp\.?) ", "", name)
