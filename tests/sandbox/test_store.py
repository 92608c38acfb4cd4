import threading
from contextlib import suppress
from sqlite3 import ProgrammingError

from wizard.sandbox.store import Store


def test_it_can_be_closed_while_others_still_read() -> None:
    for _ in range(20):  # without a lock about one of thirty ends the whole process
        store, reads = Store(), threading.Event()

        def read(store: Store = store, reads: threading.Event = reads) -> None:
            with suppress(ProgrammingError):
                while True:
                    store.key("api_key")
                    reads.set()

        readers = [threading.Thread(target=read) for _ in range(3)]
        for reader in readers:
            reader.start()
        assert reads.wait(timeout=10)
        store.close()
        for reader in readers:
            reader.join(timeout=10)
            assert not reader.is_alive()
