"""Why can the store not be used, and what one line would mend it?"""


class StoreUnavailable(Exception):  # noqa: N818 - a state of the world that callers name, not a mistake of theirs
    """The store cannot be reached or started.

    `reason` says what is wrong, `remedy` is one line that mends it ("" where none is known); both are for people.
    """

    def __init__(self, reason: str, remedy: str = "") -> None:
        super().__init__(f"{reason}; {remedy}" if remedy else reason)
        self.reason = reason
        self.remedy = remedy


class AlreadyServing(StoreUnavailable):
    """Another `serve` holds this data folder; `pid` is its process, None where it could not be read."""

    def __init__(self, data: str, pid: int | None) -> None:
        holder = f"process {pid}" if pid else "another process"
        super().__init__(f"{holder} already serves {data}", "stop it first, or give this one its own WANGGE_DATA")
        self.pid = pid
