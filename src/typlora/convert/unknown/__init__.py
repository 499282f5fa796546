"""What no document writer knows is put to the model, and its answer is proved before it is taken.

``questions`` finds unknown environments and odd macros in a draft, ``readings`` says what they may mean in
LaTeX that is known, ``judge`` holds an answer against those meanings, ``asking`` puts it into the draft.
"""

from typlora.convert.unknown.asking import Asked, ask, place
from typlora.convert.unknown.judge import BlockJudge

__all__ = ["Asked", "BlockJudge", "ask", "place"]
