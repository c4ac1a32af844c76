"""OpenTelemetry traces: off unless the environment names where they go, and the extra is there."""

import os
from collections.abc import Mapping

from fastapi import FastAPI

from coinvec.errors import SettingsError

_SWITCHES = (
    "OTEL_TRACES_EXPORTER",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
)
"""The standard variables, one of which turns traces on."""


def is_wanted(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether the environment asks for traces."""
    if environ.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return False
    return any(environ.get(name, "none").lower() not in ("none", "") for name in _SWITCHES)


def install(app: FastAPI, environ: Mapping[str, str] = os.environ) -> None:
    """Trace every request, where the environment asks for it; exported by OTLP over HTTP.

    Raises:
        SettingsError: Traces are asked for, and OpenTelemetry is not installed.
    """
    if not is_wanted(environ):
        return
    try:
        from opentelemetry import trace
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise SettingsError(
            f"The environment asks for traces, and {error.name} is not installed.",
            hint="Type: pip install 'coinvec[otel]', or unset OTEL_EXPORTER_OTLP_ENDPOINT.",
        ) from error
    if not isinstance(trace.get_tracer_provider(), TracerProvider):
        provider = TracerProvider()
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        trace.set_tracer_provider(provider)
    FastAPIInstrumentor.instrument_app(app, excluded_urls="healthz,readyz,metrics")


def note_stages(timings_ms: Mapping[str, float]) -> None:
    """Write the time of each stage of a search on the span of the request."""
    if not is_wanted():
        return
    from opentelemetry import trace

    span = trace.get_current_span()
    for stage, spent in timings_ms.items():
        span.set_attribute(f"coinvec.stage.{stage}_ms", spent)
