"""The vote's protocol and its verifier: pure, frozen values in and out, usable from a notebook."""
