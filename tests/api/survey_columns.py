"""Columns of surveys that an erasure keeps: nothing in them is about one person."""

SURVEY_VALUES = (
    *(f"surveys.{each}" for each in ("title", "introduction", "closes_on", "public_key")),
    *("survey_bank_questions.text", "surveys.occurs_on", "survey_results.occurs_on"),
    *(f"survey_schedules.{each}" for each in ("title", "introduction", "rule", "starts_on")),
    *(f"survey_schedules.{each}" for each in ("recurs_on", "last_occurred_on", "skipped_on")),
)
