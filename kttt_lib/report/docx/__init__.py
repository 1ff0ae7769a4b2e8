"""Word: the report in the layout of Decree 30/2020/NĐ-CP."""

from kttt_lib.report.docx.writer import write_docx, write_reference

__all__ = ["write_docx", "write_reference"]
