"""The way in: a message is stored once, then thought about; every step in one readable tuple."""
