"""What changes after publication: requests, consent, two officers, versions and their differences."""
