"""Figures for the bureau (统计), from case events alone: one function per figure, one pass over the events for all."""
