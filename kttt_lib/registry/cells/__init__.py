"""From what a cell holds to what it means: titles, numbers, dates, types and closed lists."""
