"""Service models for botocore without operations and shapes, which vidkit does not need."""

# botocore ships no types:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from typing import Any

from vidkit.transports.aws.apis import APIS

__all__ = ["BLANK_OPERATION", "ModelLoader", "use_small_models"]

BLANK_OPERATION = "Blank"
"""The only operation of the models: a request without members."""

_SERVICE_MODEL = "service-2"


class ModelLoader:
    """Loads botocore's data; of the APIs that vidkit calls, a small service model.

    Credential providers call other services: their models are botocore's.

    Args:
        loader: botocore's own loader.
    """

    def __init__(self, loader: Any) -> None:
        self._loader = loader

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    def load_service_model(
        self, service_name: str, type_name: str, api_version: str | None = None
    ) -> Any:
        """Load the model of one type of a service; see botocore's loader."""
        if type_name != _SERVICE_MODEL or service_name not in APIS:
            return self._loader.load_service_model(service_name, type_name, api_version)
        return {
            "metadata": APIS[service_name].metadata,
            "operations": {
                BLANK_OPERATION: {
                    "name": BLANK_OPERATION,
                    "http": {"method": "POST", "requestUri": "/"},
                }
            },
            "shapes": {},
        }


def use_small_models(session: Any) -> None:
    """Let the clients of a session have small service models."""
    loader = ModelLoader(session.get_component("data_loader"))
    session.register_component("data_loader", loader)
