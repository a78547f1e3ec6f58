"""Columns of surveys and schedules that an erasure keeps: nothing is about one person."""

SCHEDULE_COLUMNS = ("title", "introduction", "rule", "starts_on", "recurs_on")
SCHEDULE_COLUMNS += ("last_occurred_on", "skipped_on")
SURVEY_VALUES = (
    *(f"surveys.{each}" for each in ("title", "introduction", "closes_on", "public_key")),
    *("surveys.explanation", "survey_invitations.cells"),
    *("survey_bank_questions.text", "surveys.occurs_on", "survey_results.occurs_on"),
    "feedback_programs.occurs_on",
    *(
        f"{table}.{each}"
        for table in ("survey_schedules", "feedback_program_schedules")
        for each in SCHEDULE_COLUMNS
    ),
)
