"""Whether a sweep tries all that it could, or the part of it that the suite tries each time.

CLERESTORY_WHOLE=1 tries all.
"""

import os

WHOLE = bool(os.environ.get("CLERESTORY_WHOLE"))
