"""Results that others have published: read as printed, checked, every contradiction named and none mended."""
