"""A page on another port of this machine, in the browser in which the app is open."""

from __future__ import annotations

import functools
import http.server
import threading
from pathlib import Path

import pytest
from browsers import FLAGS
from playwright.sync_api import Playwright
from running import SLOW_MS, serving

PAGE = """<!doctype html><title>other</title><script>
const app = %r, ws = app.replace('http', 'ws');
const told = {};
async function tried(name, work) {
  try { told[name] = await work(); } catch (error) { told[name] = 'refused'; }
}
function opened(path) {
  return new Promise((yes, no) => {
    const socket = new WebSocket(ws + path, ['streamlit']);
    socket.onopen = () => { yes('opened'); };
    socket.onerror = socket.onclose = () => no();
  });
}
(async () => {
  await tried('socket', () => opened('/_stcore/stream'));
  await tried('upload', async () => {
    const sent = await fetch(app + '/_stcore/upload_file/a/b',
      {method: 'PUT', mode: 'no-cors', credentials: 'include', body: 'x'});
    return sent.type === 'opaque' ? 'opaque' : sent.status;
  });
  await tried('read', async () => (await fetch(app + '/_stcore/host-config')).status);
  document.title = JSON.stringify(told);
})();
</script>"""


@pytest.mark.browser
def test_it_gets_nothing(tmp_path: Path, whole_chromium: str, playwright: Playwright) -> None:
    with serving(tmp_path) as app:
        folder = tmp_path / "site"
        folder.mkdir()
        (folder / "index.html").write_text(PAGE % app.url, encoding="utf-8")
        handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(folder))
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as other:
            threading.Thread(target=other.serve_forever, daemon=True).start()
            browser = playwright.chromium.launch(executable_path=whole_chromium, args=list(FLAGS))
            context = browser.new_context()
            own = context.new_page()
            own.goto(app.url)
            own.get_by_role("heading").first.wait_for(timeout=SLOW_MS)
            page = context.new_page()
            page.goto(f"http://127.0.0.1:{other.server_port}/")
            page.wait_for_function("document.title.startsWith('{')", timeout=SLOW_MS)
            title = page.title()
            browser.close()
            other.shutdown()
    assert '"socket":"refused"' in title
    assert '"read":"refused"' in title
    assert "200" not in title
