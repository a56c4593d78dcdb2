"""What everybody may look at: search, comparison, timeline, the original, the notice board."""
