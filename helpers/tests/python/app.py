"""What the tests of the Python helper serve: the same tools as in the other languages."""

import random
import socket
from dataclasses import dataclass
from typing import Annotated

from wasmcp import *

server("tried", "1.0.0", instructions="Try it.")


@dataclass
class Sum:
    total: float
    terms: list[float]


@tool(title="Greet", read_only=True)
def greet(name: Annotated[str, "Whom to greet"], times: int | None = None) -> str:
    """Greets a person."""
    return " ".join([f"Hello, {name}!"] * (times or 1))


@tool
def add(terms: list[float]) -> Sum:
    """Adds numbers."""
    return Sum(sum(terms), terms)


@tool
def fail() -> str:
    """Fails as a tool may."""
    raise ToolError("there is no more tea")


@tool
def crash() -> str:
    """Fails as no tool should."""
    return [][1]


@tool
def broken() -> Sum:
    """Returns what JSON does not have."""
    return Sum(float("nan"), [])


@tool
def picture():
    """Returns bytes."""
    return image(b"\x89PNG", "image/png")


@tool
def count(ctx: Context, to: int) -> str:
    """Counts, in a leg for each two numbers."""
    done = ctx.state or 0
    for _ in range(min(2, to - done)):
        done += 1
        ctx.progress(done, to)
    return more(done) if done < to else f"counted to {to}"


@tool
def look(url: str) -> str:
    """Says what a URL answers."""
    response = fetch(url)
    return f"{response.status} {response.body.decode()}"


@tool
def place() -> str:
    """Says what the operator has set."""
    return setting("place", "nowhere")


@tool
def draw() -> float:
    """Draws a number."""
    return random.random()


@dataclass
class Guest:
    name: str


@tool
def book(ctx: Context) -> str:
    """Asks the user."""
    return ctx.ask("guest", "For whom?", Guest).name


@tool
def parse(depth: int) -> str:
    """Reads JSON that is nested."""
    return str(from_json("[" * depth + "]" * depth))


@tool
def dial() -> str:
    """Opens a socket."""
    socket.create_connection(("127.0.0.1", 80))


@resource("tried://about", mime_type="text/markdown")
def about():
    """About it."""
    return "# About"


@prompt
def plan(city: Annotated[str, "Where"]):
    """Plans a day."""
    return f"Plan a day in {city}."
