"""Settings: defaults that suit a demonstration, refusals that suit an installation."""

from __future__ import annotations

import re
import threading
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from app.settings import MASTER_KEY_BYTES, SETTINGS, Setting, Settings, UnsafeSetting

README = Path(__file__).resolve().parent.parent / "README.md"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def production(folder: Path) -> dict[str, str]:
    """An environment that production accepts."""
    key = folder / "master.key"
    key.touch(mode=0o600)
    key.write_bytes(bytes(MASTER_KEY_BYTES))
    return {
        "TERMWISE_ENVIRONMENT": "production",
        "TERMWISE_DATABASE_URL": "postgresql://termwise@db.example.com/termwise",
        "TERMWISE_KEYS_URL": "postgresql://termwise@keys.example.com/keys",
        "TERMWISE_MASTER_KEY_FILE": str(key),
        "TERMWISE_LOG_ORIGIN": "credit.example.com/log",
    }


def refusal(environ: dict[str, str]) -> UnsafeSetting:
    with pytest.raises(UnsafeSetting) as caught:
        Settings.from_env(environ)
    return caught.value


def test_nothing_given_is_a_demonstration_in_the_working_directory(folder: Path) -> None:
    settings = Settings.from_env({})
    assert settings.development
    assert settings.database_url == f"sqlite:///{folder}/var/termwise.db"
    assert settings.keys_url == f"sqlite:///{folder}/var/keys.db"
    assert settings.master_key_file == folder / "var" / "master.key"
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert (settings.threads, settings.waiting) == (16, 512)
    assert settings.timezone == ZoneInfo("UTC")
    assert settings.log_origin == "termwise.local/log"
    assert settings.rulesets.name == "rulesets"


def test_reading_them_creates_nothing(folder: Path) -> None:
    Settings.from_env({})
    assert list(folder.iterdir()) == []


def test_an_empty_value_counts_as_not_given(folder: Path) -> None:
    assert Settings.from_env({"PORT": "", "TERMWISE_DATABASE_URL": " "}) == Settings.from_env({})


def test_paths_do_not_follow_a_later_change_of_directory(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings.from_env({"TERMWISE_DATABASE_URL": "sqlite:///here/records.db"})
    monkeypatch.chdir("/")
    assert settings.database_url == f"sqlite:///{folder}/here/records.db"
    assert settings.keys_url == f"sqlite:///{folder}/here/keys.db"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_is_reached_through_psycopg(folder: Path, scheme: str) -> None:
    settings = Settings.from_env({"TERMWISE_DATABASE_URL": f"{scheme}://u@localhost/termwise"})
    assert settings.database_url == "postgresql+psycopg://u@localhost/termwise"
    assert settings.keys_url == f"sqlite:///{folder}/var/keys.db"


@pytest.mark.parametrize(
    ("name", "value", "remedy"),
    [
        ("TERMWISE_ENVIRONMENT", "staging", "development or production"),
        ("TERMWISE_DATABASE_URL", "mysql://localhost/termwise", "postgresql://user@host/name"),
        ("TERMWISE_DATABASE_URL", "sqlite://", "sqlite:///file.db"),
        ("TERMWISE_DATABASE_URL", "sqlite:///:memory:", "sqlite:///file.db"),
        ("TERMWISE_DATABASE_URL", "records.db", "sqlite:///file.db"),
        ("TERMWISE_KEYS_URL", "sqlite:///var/termwise.db", "a database of their own"),
        ("TERMWISE_RULESETS", "nowhere", "folder that holds the rulesets"),
        ("TERMWISE_TIMEZONE", "Mars/Olympus", "IANA name"),
        ("TERMWISE_COMPANY", "x" * 301, "at most 300 characters"),
        ("TERMWISE_COMPANY_ADDRESS", "1 Harbour Road\nShanghai", "one line"),
        ("TERMWISE_REVIEW_DAYS", "0", "from 1 to 3650"),
        ("TERMWISE_LANGUAGE", "de", "en or zh"),
        ("TERMWISE_BUYER_COUNTRY", "USA", "ISO 3166-1"),
        ("TERMWISE_NOTICES", "nowhere.yaml", "no such file"),
        ("TERMWISE_TIMEZONE", "Europe", "IANA name"),
        ("TERMWISE_TIMEZONE", "../etc/passwd", "IANA name"),
        ("PORT", "0", "from 1 to 65535"),
        ("PORT", "８０", "from 1 to 65535"),
        ("PORT", "80.0", "from 1 to 65535"),
        ("TERMWISE_THREADS", "-1", "from 1 to 256"),
        ("TERMWISE_PROXIES", "proxy.example.com", "addresses or networks"),
        ("TERMWISE_PROXIES", "10.0.0.1/8", "addresses or networks"),
        ("TERMWISE_WAITING", "70000", "from 1 to 65536"),
        ("TERMWISE_LOG_ORIGIN", "two words", "without spaces"),
        ("TERMWISE_LOG_ORIGIN", "line\nbreak", "without spaces"),
    ],
)
def test_a_value_that_cannot_be_used_names_variable_value_and_remedy(
    folder: Path, name: str, value: str, remedy: str
) -> None:
    error = refusal({name: value})
    assert error.name == name
    assert str(error).startswith(f"{name}=")
    assert Path(value).name.splitlines()[0] in str(error)
    assert remedy in str(error)


def test_a_refusal_keeps_the_password_to_itself(folder: Path) -> None:
    error = refusal({"TERMWISE_DATABASE_URL": "mysql://root:pa:ss@word@localhost/termwise"})
    assert "mysql://root:***@localhost/termwise" in str(error)


def test_their_text_form_holds_no_database_address(production: dict[str, str]) -> None:
    production["TERMWISE_DATABASE_URL"] = "postgresql://u:secret@localhost/termwise"
    assert "secret" not in repr(Settings.from_env(production))


def test_a_complete_production_environment_is_accepted(production: dict[str, str]) -> None:
    settings = Settings.from_env(production)
    assert not settings.development
    assert len(settings.master_key()) == MASTER_KEY_BYTES


@pytest.mark.parametrize("name", ["TERMWISE_KEYS_URL", "TERMWISE_LOG_ORIGIN", "TERMWISE_MASTER_KEY_FILE"])
def test_production_has_no_default_for_what_protects_the_records(
    production: dict[str, str], name: str
) -> None:
    del production[name]
    assert refusal(production).name == name


def test_production_on_sqlite_keeps_the_keys_beside_the_records(
    production: dict[str, str], folder: Path
) -> None:
    del production["TERMWISE_KEYS_URL"]
    production["TERMWISE_DATABASE_URL"] = "sqlite:///records.db"
    assert Settings.from_env(production).keys_url == f"sqlite:///{folder}/keys.db"


def test_production_refuses_a_key_that_is_missing_short_or_open(
    production: dict[str, str], folder: Path
) -> None:
    key = folder / "master.key"
    key.chmod(0o604)
    assert f"chmod 600 {key}" in str(refusal(production))
    key.chmod(0o600)
    key.write_bytes(bytes(MASTER_KEY_BYTES - 1))
    assert "fewer than 32 bytes" in str(refusal(production))
    key.unlink()
    assert "make one with" in str(refusal(production))
    assert not key.exists()


def test_a_key_lost_after_the_start_is_not_made_anew_in_production(
    production: dict[str, str], folder: Path
) -> None:
    settings = Settings.from_env(production)
    (folder / "master.key").unlink()
    with pytest.raises(UnsafeSetting):
        settings.master_key()


def test_development_makes_one_private_key_and_keeps_it(folder: Path) -> None:
    key = Settings.from_env({}).master_key()
    assert len(key) == MASTER_KEY_BYTES
    assert Settings.from_env({}).master_key() == key
    assert (folder / "var" / "master.key").stat().st_mode & 0o777 == 0o600


def test_starts_at_the_same_moment_agree_on_one_key(folder: Path) -> None:
    settings = Settings.from_env({})
    together = threading.Barrier(8)
    keys: list[bytes] = []

    def start() -> None:
        together.wait()
        keys.append(settings.master_key())

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 8
    assert len(set(keys)) == 1
    assert [path.name for path in (folder / "var").iterdir()] == ["master.key"]


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])
def test_other_machines_are_listened_to_in_production_only(production: dict[str, str], host: str) -> None:
    with pytest.raises(UnsafeSetting, match="TERMWISE_ENVIRONMENT=production only"):
        Settings.from_env({"HOST": host}).listening()
    assert Settings.from_env({**production, "HOST": host}).listening() == host


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "127.1.2.3"])
def test_this_machine_is_listened_to_in_development(folder: Path, host: str) -> None:
    settings = Settings.from_env({"HOST": host})
    assert settings.listening() == host
    assert settings.demo_allowed
    assert Settings.from_env({"HOST": "localhost"}).listening() == "127.0.0.1"


def test_a_name_is_no_address_to_listen_on_and_stops_no_other_command(production: dict[str, str]) -> None:
    settings = Settings.from_env({**production, "HOST": "credit.example.com"})
    with pytest.raises(UnsafeSetting, match="use an IP address"):
        settings.listening()


def test_the_demonstration_is_for_development_on_loopback(production: dict[str, str]) -> None:
    assert not Settings.from_env(production).demo_allowed
    assert not Settings.from_env({"HOST": "0.0.0.0"}).demo_allowed


@pytest.mark.parametrize("value", ["1", "true", "on", "anything"])
def test_production_is_not_debugged(production: dict[str, str], value: str) -> None:
    assert refusal({**production, "FLASK_DEBUG": value}).name == "FLASK_DEBUG"
    assert not Settings.from_env({**production, "FLASK_DEBUG": "0"}).development
    assert Settings.from_env({"FLASK_DEBUG": value}).development


def test_proxies_are_addresses_and_networks(folder: Path) -> None:
    given = Settings.from_env({"TERMWISE_PROXIES": "127.0.0.1, 10.0.0.0/8,::1"})
    assert [str(one) for one in given.proxies] == ["127.0.0.1/32", "10.0.0.0/8", "::1/128"]
    assert Settings.from_env({}).proxies == ()


def test_every_one_is_read_and_every_one_read_is_listed() -> None:
    folder = Path(Settings.from_env.__code__.co_filename).parent
    source = "".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.py")))
    listed = source.index("SETTINGS = ("), source.index("@dataclass(frozen=True)")
    code = source[: listed[0]] + source[listed[1] :]
    read = set(re.findall(r'"(TERMWISE_[A-Z_]+|HOST|PORT)"', code))
    assert read == {setting.name for setting in SETTINGS}


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_the_readme_has_a_row_for_it(setting: Setting) -> None:
    assert f"| `{setting.name}` | {setting.default} | {setting.purpose} |" in README.read_text(
        encoding="utf-8"
    )


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("TERMWISE_ENV", "TERMWISE_ENVIRONMENT"),
        ("TERMWISE_DB_URL", "TERMWISE_DATABASE_URL"),
        ("TERMWISE_CHECKPOINT", "TERMWISE_CHECKPOINTS"),
        ("TERMWISE_PORT", "PORT"),
    ],
)
def test_a_variable_that_is_no_setting_is_refused_with_the_nearest_one(
    folder: Path, name: str, near: str
) -> None:
    refused = refusal({name: "production"})
    assert str(refused).startswith(f"{name}='production': there is no such setting; did you mean ")
    assert near in str(refused).rpartition("did you mean ")[2]


def test_variables_of_others_that_begin_alike_are_let_be(folder: Path) -> None:
    others = {
        "TERMWISE_KEY": "k",
        "TERMWISE_PYTHON": "/usr/bin/python3.12",
        "TERMWISE_RFC9162": "/data",
        "TERMWISE_SERVICE_HOST": "10.0.0.7",
        "TERMWISE_SERVICE_PORT_HTTP": "8000",
        "TERMWISE_PORT": "tcp://10.0.0.7:8000",
        "TERMWISE_PORT_8000_TCP_ADDR": "10.0.0.7",
        "TERMWISELY": "no",
    }
    assert Settings.from_env(others) == Settings.from_env({})
