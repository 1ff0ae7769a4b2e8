"""The questions: what is asked of the facts, one package a question, each giving named result tables."""
