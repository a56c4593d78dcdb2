"""Evaluation: how well each promise was kept, by figures and by experts."""
