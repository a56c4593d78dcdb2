"""The head's own contract: stored beside the agency's, worded by its officer, signed with it, reported with it."""
