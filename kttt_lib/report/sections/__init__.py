"""The sections of the annual report: each a function from the book to its blocks."""
