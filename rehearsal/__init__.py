"""Plays a whole cycle through the front door: drives the running application over HTTP as each role."""
