"""Speed and memory, measured from outside: medians of five, ratios within one run. `make bench` runs everything."""
