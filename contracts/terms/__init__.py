"""What a contract says, as plain values: its tree, its methods, what it lacks, its canonical bytes."""
