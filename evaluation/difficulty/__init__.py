"""How hard what is promised is, rated blind before the signature."""
