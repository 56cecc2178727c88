"""What torch says on a card where tests do not mind it; other warnings fail them."""

import pytest

ON_A_CARD = [
    pytest.mark.filterwarnings(f"ignore:{one}")
    for one in (
        ".* kernel not used because",
        ".* attention has been runtime disabled",
        "head_dim should be a multiple of 8",
        r"`torch\.jit\.script_method` is deprecated",
        "Torchinductor does not support code generation for complex operators",
    )
]
