"""审签: the steps of a reply on the case page, the page on which one reads and signs, and its forms."""
