"""Reports: the result of the cycle, as rules, runs, rankings, figures and documents anyone can recompute."""
