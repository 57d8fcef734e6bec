"""送达: the outbox — queueing a text with its cause, sending it outside any transaction, recording the end."""
