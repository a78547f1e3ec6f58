"""Who may see and change calibration sessions, and their rows: never the one about themselves."""

from tests.reads.dataset import Row
from tests.reads.oracle.policy.review_cycles import can_manage_cycle
from tests.reads.oracle.relationships import OracleCaller


def _is_named(who: OracleCaller, session: Row, as_what: str) -> bool:
    """Return whether the session, or what the journal knows of it, names the caller."""
    if f"{as_what}_ids" in session:
        return str(who.id) in session[f"{as_what}_ids"]
    table, of = f"calibration_session_{as_what}s", {"session_id": session["id"]}
    return who.id in {each["person_id"] for each in who.facts.select_rows(table, **of)}


def can_facilitate(who: OracleCaller, session: Row) -> bool:
    return _is_named(who, session, "facilitator")


def can_lead_session(who: OracleCaller, session: Row) -> bool:
    return can_manage_cycle(who, session) or can_facilitate(who, session)


def _attends(who: OracleCaller, session: Row) -> bool:
    return _is_named(who, session, "member")


def can_see_session(who: OracleCaller, session: Row) -> bool:
    is_before_lock = session["status"] in ("draft", "open")
    return can_lead_session(who, session) or (is_before_lock and _attends(who, session))


def _find_session(who: OracleCaller, row: Row) -> Row:
    return who.facts.rows_by_id[row["session_id"]]


def _is_about_another(who: OracleCaller, row: Row) -> bool:
    return who.id is None or row["person_id"] != who.id


def can_see_row(who: OracleCaller, row: Row) -> bool:
    session = _find_session(who, row)
    takes_part = session["status"] == "open" and _attends(who, session)
    return _is_about_another(who, row) and (can_lead_session(who, session) or takes_part)


def can_see_name(who: OracleCaller, row: Row) -> bool:
    session = _find_session(who, row)
    is_told = bool(session["names_are_shown"]) or can_lead_session(who, session)
    return _is_about_another(who, row) and is_told


def can_see_rating(who: OracleCaller, row: Row, axis: str) -> bool:
    """Return whether the caller may read the cell of a row: it depends on what the axis shows."""
    session = _find_session(who, row)
    shown = session[f"{axis}_attribute"]
    of_rows, of_names = (None, "score", "proposed_level"), ("previous_level", "position_level")
    is_named = shown in (*of_names, "goals_achieved") and can_see_name(who, row)
    is_told = shown in of_rows or is_named or can_manage_cycle(who, session)
    return _is_about_another(who, row) and is_told


def can_read_row_history(who: OracleCaller, row: Row) -> bool:
    return _is_about_another(who, row) and can_lead_session(who, _find_session(who, row))


def can_adjust(who: OracleCaller, row: Row) -> bool:
    session = _find_session(who, row)
    is_second_pass = session["status"] == "open" and session["names_are_shown"]
    may = can_facilitate(who, session) or (is_second_pass and _attends(who, session))
    return _is_about_another(who, row) and bool(may)


def cannot_adjust_now(who: OracleCaller, row: Row) -> bool:
    """Return whether the caller manages the person, or the session is over."""
    is_own_report = who.id is not None and row["manager_id"] == who.id
    is_open = _find_session(who, row)["status"] == "open"
    return is_own_report or who.manages(row["person_id"]) or not is_open


def can_create_session(who: OracleCaller, cycle: Row) -> bool:
    return can_manage_cycle(who, cycle)


def has_nothing_to_compare(cycle: Row) -> bool:
    return cycle["status"] not in ("running", "closed") or cycle["scale_id"] is None
