"""Briefings: quotes that people collect, found again by their text, handed over."""
