"""Constants are changed everywhere they are used, and come back."""

from __future__ import annotations

import pytest

from benchmarks.constants import ANSWERING, SEARCH, Change, changed, changes_of, halved_and_raised
from wenbao.answers import choosing, details, features
from wenbao.answers.choosing import SPAN_COSTS
from wenbao.answers.costs import COSTS
from wenbao.index import fusion


@pytest.mark.parametrize(
    ("value", "others"), [(4, (2, 8)), (1, (1, 2)), (0.3, (0.15, 0.6)), (0.9, (0.45, 0.95)), (1.0, (0.5, 2.0))]
)
def test_a_value_is_halved_and_raised(value, others):
    """Shares near 1 stay below it, counts stay whole."""
    assert halved_and_raised(value) == pytest.approx(others)


def test_every_constant_is_there():
    """A constant that was renamed or went would not be measured."""
    assert len(list(changes_of(ANSWERING))) + len(list(changes_of(SEARCH))) > 100


def test_a_constant_is_changed_wherever_it_was_imported_and_comes_back():
    """Modules that took it by name, defaults of functions, and fields of the costs."""
    with changed(Change("answers.features", "UNMET", 0.2)):
        assert (features.UNMET, choosing.UNMET, details.UNMET) == (0.2, 0.2, 0.2)
    with changed(Change("index.fusion", "DENSE_SHARE", 0.4)):
        assert fusion.fuse.__defaults__ == (0.4,)
    with changed(Change("Costs", "comma", 0.5)):
        assert (COSTS.comma, SPAN_COSTS.comma) == (0.5, 0.5)
    assert (features.UNMET, choosing.UNMET, fusion.fuse.__defaults__) == (0.4, 0.4, (0.15,))
    assert (COSTS.comma, SPAN_COSTS.comma) == (0.15, 0.15)
