from tests.content.uploads.conftest import own_app

__all__ = ["own_app"]
