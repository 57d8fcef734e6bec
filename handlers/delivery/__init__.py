"""送达: the outbox — queueing a text in the writer's transaction, sending it outside any, recording what became of it."""
