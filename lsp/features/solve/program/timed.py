"""Gives up what the computer algebra has not found in time, so that there is time for numbers."""
import contextlib
import signal

SECONDS = 8  # of the 20 that an answer may take


class Late(BaseException):
    """Nothing that computer algebra catches."""


@contextlib.contextmanager
def limited(seconds):
    def stop(*_):
        raise Late
    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def in_time(otherwise, work, *arguments, seconds=SECONDS):
    """What the work gives, or the other value where it takes too long."""
    try:
        with limited(seconds):
            return work(*arguments)
    except Late:
        return otherwise
