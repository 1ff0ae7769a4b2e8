"""The grammar of promises: what is measured, of whom, meeting what; its words, and what each condition answers."""
