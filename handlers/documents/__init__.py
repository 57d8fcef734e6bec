"""文书: the bureau's written acts as Word files — texts as data, filled from the case, numbered, served with proof."""
