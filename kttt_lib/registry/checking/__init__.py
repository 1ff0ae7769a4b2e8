"""From raw tables to a checked registry: rules across rows and tables, and what is set aside."""
