"""Access rules of alerts: who sees a KPI sees its alerts, and what they are raised by.

An alert of a slice, and a rule that names a member, are seen by those who see this member.

Who edits a KPI chooses its rules. Those whom an alert asks answer it.
"""

from domain.kernel.access import Holds, InheritedFrom, Is
from domain.kernel.permissions import Permission
from domain.kpis import policy as kpis

SEE = kpis.SEE_FIGURES
EDIT = InheritedFrom("kpi_id", "kpi", kpis.EDIT)
SEE_HISTORY = EDIT | SEE & Holds(Permission.AUDIT_READ)
ANSWER = Is("recipient_id") | Is("escalated_to_id") | EDIT
