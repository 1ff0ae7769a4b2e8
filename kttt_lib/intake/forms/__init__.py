"""The official yearly forms: a cooperative's report and the province's summary, read and written (``data/forms``)."""
