"""引継書: what whoever takes over the secretariat must know on the day. Official papers are Japanese."""

from sonjuku.flows.handover_report.paper import print_handover, write_handover
from sonjuku.flows.handover_report.scope import Scope, usual_year, years_of

__all__ = ["Scope", "print_handover", "usual_year", "write_handover", "years_of"]
