"""What is found wrong, where, and how to mend it, in both languages."""
