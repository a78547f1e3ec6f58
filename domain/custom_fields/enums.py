"""The kinds of custom fields, and who may read and write their values."""

from enum import StrEnum


class CustomObjectType(StrEnum):
    """A type whose objects have custom fields; the NAME of its aggregate."""

    PERSON = "person"
    TEAM = "team"
    GOAL = "goal"


class CustomFieldType(StrEnum):
    """What the values of a custom field are."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    CHOICE = "choice"


class CustomFieldReaders(StrEnum):
    """Who may read the values of a custom field, among those who see the object."""

    EVERYBODY = "everybody"
    MANAGERS = "managers"
    HR = "hr"


class CustomFieldWriters(StrEnum):
    """Who may write the values of a custom field, among those who read them."""

    EDITORS = "editors"
    HR = "hr"


class CustomFieldStatus(StrEnum):
    """Whether a custom field takes new values."""

    ACTIVE = "active"
    ARCHIVED = "archived"
