"""The first import of the warm parent: nothing of what it loads is garbage, and looking for some took a seventh."""

import gc

gc.disable()
