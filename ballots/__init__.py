"""The residents' vote, verifiable end to end: pure protocol below, roll, booth and box above."""
