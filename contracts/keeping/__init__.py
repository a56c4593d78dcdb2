"""How the promises are kept through the year: figures reported, checked, frozen at checkpoints, answered."""
