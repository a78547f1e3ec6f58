"""A headless Chromium, driven through chromedriver's WebDriver protocol with plain HTTP."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

CHROMIUM = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)
DRIVER = shutil.which("chromedriver")
_ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


class Browser:
    """A browser window."""

    def __init__(self, http: httpx.Client, session: str) -> None:
        self._http = http
        self._session = f"/session/{session}"

    def open(self, url: str) -> None:
        self._post("url", url=url)

    def run_script(self, script: str) -> Any:
        """Return the result of a script in the page."""
        return self._post("execute/sync", script=script, args=[])

    def wait_for(self, script: str, seconds: float = 60) -> Any:
        """Return the first truthy result of a script in the page."""
        deadline = time.monotonic() + seconds
        while not (found := self.run_script(script)):
            if time.monotonic() > deadline:
                text = self.run_script("return document.body.innerText")
                raise AssertionError(f"Timed out: {script}\n{text}\n{self.read_console_messages()}")
            time.sleep(0.05)
        return found

    def click(self, selector: str) -> None:
        found = self._post("element", using="css selector", value=selector)
        self._post(f"element/{found[_ELEMENT]}/click")

    def press(self, keys: str) -> None:
        """Press keys, one after the other, in the element that has the focus."""
        actions = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        self._post("actions", actions=[{"type": "key", "id": "keyboard", "actions": actions}])

    def set_size(self, width: int, height: int) -> None:
        """Show pages as a phone of this size does."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 2, "mobile": True}
        self._send("Emulation.setDeviceMetricsOverride", **metrics)

    def set_color_scheme(self, scheme: str) -> None:
        """Show pages as to somebody who prefers `light` or `dark`."""
        preferred = {"name": "prefers-color-scheme", "value": scheme}
        self._send("Emulation.setEmulatedMedia", features=[preferred])

    def list_image_names(self) -> list[str]:
        """Return the accessible name of each image, which screen readers say."""
        nodes = self._send("Accessibility.getFullAXTree")["nodes"]
        images = [each for each in nodes if each.get("role", {}).get("value") == "image"]
        return [each["name"]["value"] for each in images]

    def read_console_messages(self) -> list[str]:
        """Return the messages of the console: errors of scripts, refused files."""
        return [each["message"] for each in self._post("se/log", type="browser")]

    def _send(self, command: str, **parameters: Any) -> Any:
        """Execute a command of the Chrome DevTools Protocol."""
        return self._post("goog/cdp/execute", cmd=command, params=parameters)

    def _post(self, command: str, **arguments: Any) -> Any:
        response = self._http.post(f"{self._session}/{command}", json=arguments)
        value = response.json()["value"]
        assert response.is_success, value
        return value


@contextmanager
def a_browser(directory: Path) -> Iterator[Browser]:
    """Open a window with its own profile until the block ends."""
    assert CHROMIUM is not None
    assert DRIVER is not None
    log = directory / "chromedriver.log"
    driver = subprocess.Popen([DRIVER, "--port=0", f"--log-path={log}"], stdout=subprocess.PIPE)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{_read_port(driver)}", timeout=60) as http:
            wanted = {
                "alwaysMatch": {
                    "goog:loggingPrefs": {"browser": "ALL"},
                    "goog:chromeOptions": {
                        "binary": CHROMIUM,
                        "args": [
                            "--headless=new",
                            "--no-sandbox",
                            "--disable-gpu",
                            "--disable-dev-shm-usage",
                            "--window-size=1400,900",
                            f"--user-data-dir={directory / 'profile'}",
                        ],
                    },
                }
            }
            opened = http.post("/session", json={"capabilities": wanted}).json()["value"]
            assert "sessionId" in opened, opened
            try:
                yield Browser(http, opened["sessionId"])
            finally:
                http.delete(f"/session/{opened['sessionId']}")
    finally:
        driver.terminate()
        driver.communicate(timeout=10)


def _read_port(driver: "subprocess.Popen[bytes]") -> int:
    assert driver.stdout is not None
    for line in driver.stdout:
        if b"started successfully on port" in line:
            return int(line.rstrip(b".\n").rsplit(b" ", 1)[-1])
    raise AssertionError("chromedriver did not start.")
