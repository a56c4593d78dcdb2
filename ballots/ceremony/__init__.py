"""The trustees' key: who holds it, the steps by which it comes about, and what each of them sees."""
