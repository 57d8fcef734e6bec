"""Service guides (办事指南): what people are told about an item, approved, valid, and matched to their questions."""
