"""What every department shares: people, sign-in, codes, messages, the journal, pages and the database."""
