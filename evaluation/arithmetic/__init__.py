"""From figures and marks to ratings, scores and what may be said of them: pure, exact, usable from a notebook."""
