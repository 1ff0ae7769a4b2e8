"""Words and pictures: statements, figures with alt text, HTML and DOCX exporters."""
