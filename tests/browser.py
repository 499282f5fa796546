"""Opens a page of ours in a real headless browser, lets a script use it, and gives back what it saw."""

import json
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BROWSER = next((path for name in NAMES if (path := shutil.which(name))), None)
needs_browser = pytest.mark.skipif(BROWSER is None, reason="no Chromium or Chrome is installed")
# A page that wants anything from a network cannot have it, and would be seen in the list of resources.
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run",
    "--disable-component-update", "--host-resolver-rules=MAP * ~NOTFOUND", "--window-size=1300,1000",
)  # fmt: skip
_DRIVER = """<script>
window.addEventListener("load", async () => {
  const wait = milliseconds => new Promise(done => setTimeout(done, milliseconds));
  const seen = {};
  try { %s } catch (error) { seen.error = String(error); }
  seen.resources = performance.getEntriesByType("resource").map(one => one.name);
  const answer = document.createElement("pre");
  answer.id = "answer-of-the-test";
  answer.textContent = JSON.stringify(seen);
  document.body.append(answer);
});
window.addEventListener("error", event => { document.title = "error: " + event.message; });
</script></body>"""


def use_page(page: Path, script: str, *, profile: Path, virtual: bool = True) -> dict[str, Any]:
    """What ``script`` (JavaScript, may ``await``) put into ``seen``; ``resources``: what the page loaded.

    ``virtual``: waiting costs no time; without it clocks in the page tell real milliseconds.
    """
    assert BROWSER is not None
    driven = page.with_name(f"driven-{page.name}")
    html = page.read_text(encoding="utf-8")
    assert "</body>" in html
    driven.write_text(html.replace("</body>", _DRIVER % script), encoding="utf-8")
    flags = [
        *FLAGS,
        f"--user-data-dir={profile}",
        "--virtual-time-budget=8000" if virtual else "--timeout=8000",
    ]
    done = subprocess.run(
        [BROWSER, *flags, "--dump-dom", driven.resolve().as_uri()],
        capture_output=True,
        timeout=120,
        check=True,
    )
    dom = done.stdout.decode("utf-8", "replace")
    found = re.search(r'<pre id="answer-of-the-test">(.*?)</pre>', dom, re.S)
    assert found, f"the page's script did not come to its end: {dom[-400:]}"
    seen: dict[str, Any] = json.loads(unescape(found[1]))
    assert "error" not in seen, seen["error"]
    return seen
