"""What the tests share says what differs, as they do."""

import pytest

pytest.register_assert_rewrite("tests.projections.hand")
