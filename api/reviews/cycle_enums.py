"""The closed lists of review cycles in the graph."""

from api.kernel.schema.declarations import graph_enum
from domain.reviews.cycles import (
    ReviewChangeRule,
    ReviewCycleStatus,
    ReviewParticipantStatus,
    ReviewPhaseKind,
    ReviewSelectionKind,
)
from domain.reviews.nominations import ReviewNominationApprover, ReviewNominator
from domain.reviews.packets import ReviewRelease
from domain.reviews.scoring import ReviewMissingAnswers

graph_enum(
    ReviewCycleStatus,
    "Where a review cycle stands.",
    draft="It can be changed, and nobody has to do anything.",
    running="It was launched. `phase` says what is done now.",
    closed="It is over.",
    cancelled="It was cancelled. What was written stays.",
)
graph_enum(
    ReviewPhaseKind,
    "What is done in a phase, in the order of phases.",
    nomination="Those who are to write as peers, reports or others are nominated.",
    self="People write about themselves.",
    peers="Peers, reports and further people write.",
    manager="Managers write.",
    second_level="The managers of managers look at the reviews.",
    calibration="Levels are compared and adjusted in calibration sessions.",
    sharing="The reviews are shared with the people they are about.",
    sign_off="People acknowledge their reviews.",
)
graph_enum(
    ReviewParticipantStatus,
    "What became of the plan for a participant.",
    active="The person is reviewed.",
    unratable="There is no review: too few days of work, or leave for the whole period.",
    removed="The person was taken out of the cycle. What was written stays.",
)
graph_enum(
    ReviewSelectionKind,
    "What a person was selected for by hand.",
    added="The person takes part although the rules leave them out.",
    excluded="The person does not take part although the rules include them.",
)
graph_enum(
    ReviewChangeRule,
    "Who decides when the manager of a person changes in a running cycle, before `cutOffOn`. A"
    " change of the job alone changes nothing. What is decided stays decided.",
    keep="The person who was the manager at the launch, or at a later joining.",
    transfer="The new manager. A form that the former one has submitted stays; an open one is"
    " cancelled, and the new manager gets a new one.",
    both="The new manager, with a new form. The form of the former one becomes an interim appraisal"
    " for the days of work until the change.",
)
graph_enum(
    ReviewMissingAnswers,
    "How a score is computed when ratings are missing. One that does not apply is not missing.",
    exclude="Ratings that are missing do not count.",
    minimum="Missing ratings do not count. With less than `minAnsweredPercent` percent of the"
    " ratings there is no score.",
    block="There is no score while a rating is missing.",
)
graph_enum(
    ReviewRelease,
    "Who shares the reviews of a cycle, and when.",
    by_manager="Each manager who decides, by `reviewShare`.",
    on_date="Trellis, when the day has begun everywhere. Nobody shares one before it.",
    all_at_once="HR shares all of them by `reviewCycleShare`. Nobody shares one before that.",
)
graph_enum(
    ReviewNominator,
    "Who nominates the writers of a direction.",
    reviewee="The reviewed person proposes.",
    manager="The manager who decides on the review.",
    hr="Those who manage the reviews of the person.",
)
graph_enum(
    ReviewNominationApprover,
    "Who approves nominations. HR may always approve and reject.",
    manager="The manager who decides on the review.",
    hr="HR alone.",
    nobody="A nomination is approved at once. If that is not possible, the manager decides.",
)
