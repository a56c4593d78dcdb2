"""The experts: who is appointed, who may not judge whom, who scores what, how differently they judge."""
