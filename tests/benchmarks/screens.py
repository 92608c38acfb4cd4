"""From one step to the next, and from one bare Textual screen to another."""

from collections.abc import Iterator

from tests.benchmarks.lists import BACK, ENTER, METHOD, SAMPLES
from tests.benchmarks.row import Bench, Pair, Row
from tests.benchmarks.site import PROVIDER, Site
from wizard import texts

SWITCH = """
from textual.app import App
from textual.screen import Screen
from textual.widgets import Static

class Named(Screen):
    def __init__(self, name):
        super().__init__()
        self.said = name

    def compose(self):
        yield Static(f"This is the {self.said} screen")

class Switching(App):
    BINDINGS = [("enter", "to('second')", ""), ("ctrl+b", "to('first')", "")]

    def on_mount(self):
        self.push_screen(Named("first"))

    def action_to(self, name):
        self.switch_screen(Named(name))

Switching().run()
"""

ROWS = [Row("screen", "provider to method, key to paint", "a bare Textual screen switch", 1.3)]


def pairs(bench: Bench, runs: int) -> Iterator[Pair]:
    """Go there and back in both."""
    bare = bench.textual(SWITCH, "This is the first screen")
    for _ in range(runs):
        with Site() as site, bench.running(bench.wizard(site.url)) as wizard, bench.running(bare) as switching:
            wizard.first_frame()
            wizard.shows(PROVIDER)
            switching.first_frame()
            for number in range(SAMPLES):
                taken = {}
                both = [(wizard, METHOD, texts.STATES["provider"].title), (switching, "the second", "the first")]
                for terminal, there, back in both[::-1] if number % 2 else both:
                    taken[terminal] = terminal.press(ENTER, there)
                    terminal.press(BACK, back)
                yield "screen", taken[wizard], taken[switching]
