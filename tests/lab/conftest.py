"""The page of a lab in a browser."""

import shutil

import pytest

from tests.lab.serving import serving

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture
def browser():
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    pytest.importorskip("uvicorn", reason="the extra [lab] is not installed")
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(browser):
    gate = serving("en").gate
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    page.requests = []
    page.errors = []
    page.on("request", lambda request: page.requests.append(request.url))
    page.on("websocket", lambda socket: page.requests.append(socket.url))
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.goto(gate.address)
    page.wait_for_selector(".surface")
    yield page
    assert not page.errors
    own = f"127.0.0.1:{gate.port}"
    assert all(own in url or url.startswith(("data:", "blob:")) for url in page.requests)
