"""Contracts: who promised what, by when, measured how."""
