"""Settings are typed, documented, required in production, and never print secrets."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from api.settings import Settings
from api.settings_table import list_settings, render_settings_table
from tests.factories.tokens import build_settings

PAGE = Path(__file__).parents[2] / "docs" / "configuration.md"
SECRET = "s" * 32
DATABASE = "postgresql://trellis:hunter2@db/trellis"


def test_every_setting_is_documented_under_its_own_name() -> None:
    variables = [setting.variable for setting in list_settings()]

    assert len(variables) == len(set(variables)) == len(Settings.model_fields)
    assert {name for name in variables if not name.startswith("TRELLIS_")} == {
        "DATABASE_URL",
        "PORT",
        "READ_DATABASE_URL",
    }
    assert all(setting.description.endswith(".") for setting in list_settings())


def test_the_documentation_lists_every_setting() -> None:
    assert render_settings_table() in PAGE.read_text()


def test_settings_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", DATABASE)
    monkeypatch.setenv("PORT", "9000")
    monkeypatch.setenv("TRELLIS_ALLOWED_ORIGINS", "https://a.example https://b.example")
    monkeypatch.setenv("TRELLIS_SERVING_URL", "")

    told = Settings()

    assert told.database_url is not None
    assert told.database_url.get_secret_value() == DATABASE
    assert told.serving_url is None
    assert told.port == 9000
    assert told.allowed_origins == ("https://a.example", "https://b.example")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PORT", "65536"),
        ("PORT", "http"),
        ("DATABASE_URL", "mysql://db/hunter2"),
        ("TRELLIS_SECRET", "hunter2"),
        ("TRELLIS_TOKEN_LEEWAY", "61"),
        ("TRELLIS_PRODUCTION", "perhaps"),
        ("TRELLIS_LOG_LEVEL", "loud"),
    ],
)
def test_a_wrong_value_is_refused_by_name_without_being_repeated(
    variable: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)

    with pytest.raises(ValidationError) as refused:
        Settings()

    assert variable.removeprefix("TRELLIS_").lower() in str(refused.value).lower()
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    ("given", "missing"),
    [({"secret": SECRET}, "DATABASE_URL"), ({"database_url": DATABASE}, "TRELLIS_SECRET")],
)
def test_production_must_be_complete(given: dict[str, str], missing: str) -> None:
    with pytest.raises(ValidationError, match=f"Production needs {missing}"):
        build_settings(production=True, **given)


def test_production_decides_what_was_left_open() -> None:
    production = build_settings(production=True, database_url=DATABASE, secret=SECRET)

    assert (production.is_graphiql_enabled, production.is_logging_json) == (False, True)
    assert (Settings().is_graphiql_enabled, Settings().is_logging_json) == (True, False)
    assert Settings(graphiql=False, log_form="json").is_logging_json


def test_printed_settings_hide_their_secrets() -> None:
    assert "hunter2" not in repr(build_settings(database_url=DATABASE, serving_url=DATABASE))
