"""A stand-in for the WeChat platform, for trying out and for tests; mounted in demo only (``routes.py``)."""
