"""Lists taken in on a page: widgets for JupyterLab, and the same page served on one's own machine by Voilà."""

from kttt_lib.app.page import Intake, open_intake

__all__ = ["Intake", "open_intake"]
