"""Service guides (办事指南): what people are told about applying for something, reviewed, valid, and matched to their questions."""
