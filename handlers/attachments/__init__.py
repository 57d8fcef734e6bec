"""附件: files of messages — typed by what they contain, kept under their hash, fetched before the vendor drops them."""
