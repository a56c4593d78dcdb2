"""Contracts in and out: the form to fill in, reading and writing it, open data with its dictionary."""
