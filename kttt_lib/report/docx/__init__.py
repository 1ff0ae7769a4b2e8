"""Word: the report in the layout of Decree 30/2020/NĐ-CP, or of an office's own document; and PDF/UA of it."""

from kttt_lib.report.docx.pdf import office, write_pdf
from kttt_lib.report.docx.styles import missing_styles
from kttt_lib.report.docx.writer import open_reference, write_docx, write_reference

__all__ = ["missing_styles", "office", "open_reference", "write_docx", "write_pdf", "write_reference"]
