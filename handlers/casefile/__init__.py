"""卷宗: everything of one case as a Word file to print, and as an archive that other programs can read."""
