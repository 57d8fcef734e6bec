"""办理程序: the tracks of a case, the steps of their procedures, and the consents that rules want."""
