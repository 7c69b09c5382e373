"""No single role at another desk learns who a source is.

`test_confidential_sources` opens more rows, as a reader with every role at another desk.
"""

from __future__ import annotations

import pytest

from editorial.policy.roles import Role
from tests.permissions.confidentiality_walk import answers, assert_without, pages
from tests.support.confidential import reader_at

pytestmark = pytest.mark.exhaustive


@pytest.mark.slow
@pytest.mark.parametrize("role", Role)
def test_no_single_role_at_another_desk_learns_anything(planted, city, role):
    reader = reader_at(city, "olga", {role})
    secrets = [*planted.identities, *planted.descriptions, *planted.ids, "campcanary", "reasoncanary"]
    for where, response in pages(reader, most=20):
        assert_without(response.content.decode(), secrets, where)
    for where, text in answers(reader):
        assert_without(text, secrets, where)
