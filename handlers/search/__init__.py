"""查找: cases found by words of their letters, answers and notes, by numbers, names and telephones, within rights."""
