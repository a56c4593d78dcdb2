"""A contract on its way to the signature: begun, worded, arranged, handed in, reviewed."""
