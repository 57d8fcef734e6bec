"""表格进出: lists taken out as Excel files, and the lists of other platforms taken in and given back."""
