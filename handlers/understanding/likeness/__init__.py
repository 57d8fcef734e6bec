"""How alike two texts are: masked, cut into hashed character n-grams, weighed by how rare each is. Pure functions."""
