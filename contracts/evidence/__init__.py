"""Evidence beside the figures: what a file really is, where its bytes are kept, who laid it there."""
