"""The key that signs checkpoints and receipts, as the settings name it."""

from __future__ import annotations

from app.ledger.notes import SigningKey
from app.ledger.signing import NoSigningKey, load, make
from app.settings import Settings, UnsafeSetting


def signing_key(settings: Settings) -> SigningKey:
    """The log's signing key; in development a missing one is made. Raises ``UnsafeSetting``."""
    path, name = settings.signing_key_file, settings.log_origin
    try:
        if settings.development and not path.exists():
            return make(path, name)
        return load(path, name)
    except NoSigningKey as error:
        raise UnsafeSetting("TERMWISE_SIGNING_KEY_FILE", str(path), str(error)) from None
