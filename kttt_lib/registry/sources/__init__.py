"""Where rows come from: one module a kind of file or database, each giving raw tables."""
