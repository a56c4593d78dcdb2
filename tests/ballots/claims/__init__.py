"""Security claims of the vote: each with a check that runs the real code, and a switch that turns this code off."""
