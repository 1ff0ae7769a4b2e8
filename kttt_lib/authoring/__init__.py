"""For those who write definitions: the runner of cases (``kttt test``) and the pages that the definitions make."""
