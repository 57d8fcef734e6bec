"""The one place for the numbers of likeness: what counts as similar, as the same matter, within which time.

They were chosen on real message boards (docs/neighbours.md says how and what they reach). A change of anything that
alters features or keys wants a new ``SCHEME``: what was kept under the old one is then made anew by the timetable.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

#: How features and keys are made; kept beside each, because two schemes cannot be compared.
SCHEME: Final = 1
#: How far apart two letters may be and still be shown together.
WINDOW: Final = timedelta(days=60)
#: From this cosine on, letters of different people are shown together.
SIMILAR: Final = 0.28
#: From this cosine on, a letter of the same person joins their open case, when both say enough to judge by.
SAME_MATTER: Final = 0.45
#: So many features (some 50 characters) say enough: two short questions of one form may be about two things.
ENOUGH_FEATURES: Final = 100
#: From this cosine on, staff are told that letters are almost the same.
ALMOST: Final = 0.85
#: From this cosine on, it is the same letter again, however short, and whatever else it announces.
SAME_LETTER: Final = 0.95

#: Features kept of one text; longer texts are sampled, each of theirs by the same rule.
FEATURES: Final = 400
#: A text with fewer features says too little to be like another.
LEAST_FEATURES: Final = 12
#: How many features of a text are keys to find it by.
KEYS: Final = 20
#: How many of the latest letters behind one key are looked at: a key that many share tells little.
BEHIND_A_KEY: Final = 48
#: How many candidates are compared in full.
CANDIDATES: Final = 120
#: How many of the most alike are noted for one letter.
NOTED: Final = 50

#: So many different people within so long about one matter: the office is told.
GROUP: Final = 5
GROUP_SPAN: Final = timedelta(hours=24)
#: How old the letters may be that link those of the day with one another.
GROUP_LINKS: Final = timedelta(days=7)
