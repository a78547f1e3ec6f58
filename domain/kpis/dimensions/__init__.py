"""Dimensions of a KPI, such as the region, and their members, such as north."""

from domain.kpis.dimensions.model import (
    DIMENSION_KEY,
    MEMBER_CODE,
    MEMBER_NAME,
    KpiDimension,
    KpiDimensionMember,
    KpiMemberSource,
    KpiUnknownMembers,
)

__all__ = [
    "DIMENSION_KEY",
    "MEMBER_CODE",
    "MEMBER_NAME",
    "KpiDimension",
    "KpiDimensionMember",
    "KpiMemberSource",
    "KpiUnknownMembers",
]
