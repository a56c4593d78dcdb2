"""The sheets: marked, filed, reconciled, reopened, and the comments on them."""
