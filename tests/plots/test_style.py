import itertools

import numpy as np
import pytest

from tidu.plots.style import THEMES, shade, styled

matplotlib = pytest.importorskip("matplotlib", reason="the extra [plots] is not installed")


def luminance(colour):
    """Return the relative luminance of the Web Content Accessibility Guidelines."""
    rgb = np.array(matplotlib.colors.to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))


def contrast(a, b):
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES.keys())
def test_text_and_lines_can_be_read(theme):
    assert contrast(theme.ink, theme.paper) >= 7
    assert contrast(theme.faint, theme.paper) >= 4.5
    for colour in theme.series:
        assert contrast(colour, theme.paper) >= 3  # the guidelines' limit for graphics
    for colour in (theme.blue, theme.orange):  # the fullest cells of a confusion matrix
        assert contrast(theme.ink, shade(theme.paper, colour, 0.5)) >= 4.5


# Red-green blindness of both kinds at full strength (Viénot, Brettel and Mollon, 1999), linear RGB.
BLIND = {
    "protanopia": [[0.11238, 0.88762, 0.0], [0.11238, 0.88762, 0.0], [0.00401, -0.00401, 1.0]],
    "deuteranopia": [[0.29275, 0.70725, 0.0], [0.29275, 0.70725, 0.0], [-0.02234, 0.02234, 1.0]],
}


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES.keys())
@pytest.mark.parametrize("kind", BLIND)
def test_colours_differ_without_red_and_green(theme, kind):
    seen = [BLIND[kind] @ np.array(matplotlib.colors.to_rgb(c)) ** 2.2 for c in theme.series]
    for first, second in itertools.combinations(seen, 2):
        assert np.linalg.norm(first - second) > 0.13  # neighbouring shades of one: about 0.02


def test_fonts_asked_for_are_installed():
    installed = {font.name for font in matplotlib.font_manager.fontManager.ttflist}
    with styled("light"):
        assert set(matplotlib.rcParams["font.family"]) <= installed
