"""The other side of our doors, written by others or by hand, independent of the code under test."""
