"""Errors as the API answers them: "Errors" of the REST reference, application, validation and system errors."""

from collections.abc import Mapping, Sequence


class ApiError(Exception):
    """A call's failure: status, JSON body (None for the empty body of a system error) and extra headers."""

    def __init__(
        self, status: int, body: Mapping[str, object] | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(status)
        self.status = status
        self.body = body
        self.headers = dict(headers or {})


def application(status: int, code: str, description: str, **data: object) -> ApiError:
    """Return a documented application error: `details.applicationError` with code, description and data."""
    fault = {"code": code, "description": description, "data": data}
    return ApiError(status, {"message": description, "details": {"applicationError": fault}})


def violation(field: str, description: str, rule: str, **data: object) -> dict[str, object]:
    """Return one field violation; `rule` is the violatedRule, e.g. REQUIRED_FIELD, FORMAT, MAX, MAX_SIZE."""
    return {"field": field, "description": description, "violatedRule": rule, "ruleName": "", "data": data}


def invalid(violations: Sequence[Mapping[str, object]]) -> ApiError:
    """Return a 400 with `details.validationError.fieldViolations`; `violations` must not be empty."""
    message = "; ".join(f"{one['field']} {one['description']}" for one in violations)
    return ApiError(400, {"message": message, "details": {"validationError": {"fieldViolations": list(violations)}}})


def unavailable() -> ApiError:
    """Return the system error for an external calendar that cannot be reached: 503 with an empty body."""
    return ApiError(503)


def not_supported(description: str = "The provider does not support this.") -> ApiError:
    """Return the 428 NOT_SUPPORTED_BY_PROVIDER."""
    return application(428, "NOT_SUPPORTED_BY_PROVIDER", description)


def bad_credentials() -> ApiError:
    """Return the 401 BAD_CREDENTIALS, which is about the external account and not about the caller's sign-in."""
    return application(401, "BAD_CREDENTIALS", "The email or password of the external calendar account is wrong.")


def no_premium() -> ApiError:
    """Return the 403 PREMIUM_FEATURE_NOT_ENABLED."""
    return application(403, "PREMIUM_FEATURE_NOT_ENABLED", "The site's plan does not include external calendars.")


def not_connected() -> ApiError:
    """Return the 428 CONNECTION_NOT_CONNECTED."""
    return application(428, "CONNECTION_NOT_CONNECTED", "The connection is disconnected.")


def already_disconnected() -> ApiError:
    """Return the 428 CONNECTION_ALREADY_DISCONNECTED."""
    return application(428, "CONNECTION_ALREADY_DISCONNECTED", "The connection is disconnected already.")
