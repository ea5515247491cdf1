"""The rules of docs/house.md that can be counted: rooms, names, sizes."""

import ast
from collections import Counter, defaultdict
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import vidkit

PACKAGE = Path(vidkit.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))

MOST_ENTRIES = 18
MOST_LINES = 400
MOST_FUNCTION_LINES = 50

# Parts that every room may have under one name.
PARTS_OF_A_ROOM = {
    "base": "what the other files of the room build on",
    "caller": "makes the calls of a service",
    "client": "the client of a service",
    "errors": "errors, and how foreign ones become ours",
    "models": "shapes of a service",
    "operations": "the operations that a client is put together from",
    "parameters": "parameters of requests",
    "requests": "models of requests",
    "responses": "models or readers of responses",
    "runtime": "what clients, or services, share",
    "service": "a service of the local cloud",
    "state": "what a service of the local cloud remembers",
    "transport": "sends requests to a cloud",
}

# Subjects that several rooms deal with: a client and its local cloud, models and operations.
SUBJECTS = {
    "aws",
    "celebrities",
    "channels",
    "completion",
    "endpoints",
    "error_responses",
    "face_collections",
    "face_search",
    "faces",
    "faults",
    "fragments",
    "huawei",
    "huawei_accounts",
    "iam",
    "images",
    "ivs",
    "jobs",
    "kinds",
    "labels",
    "limits",
    "metadata",
    "moderation",
    "mpc",
    "objects",
    "pages",
    "persons",
    "picture_analysis",
    "pictures",
    "policies",
    "rate_limits",
    "rekognition",
    "segments",
    "stream_processors",
    "streams",
    "tags",
    "texts",
    "video_streams",
}


def modules():
    """The names of modules and folders, each with the rooms that have one of that name."""
    found = defaultdict(list)
    for path in FILES:
        if path.name != "__init__.py":
            found[path.stem].append(path.parent)
        elif path.parent != PACKAGE:
            found[path.parent.name].append(path.parent.parent)
    return found


def definitions(kind):
    return [
        (path, node)
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, kind)
    ]


def code_lines(function):
    """The lines of a function, without its docstring."""
    first = function.body[0]
    docstring = ast.get_docstring(function, clean=False)
    spent = 0 if docstring is None else first.end_lineno - first.lineno + 1
    return function.end_lineno - function.lineno + 1 - spent


# Words of what has a unit, and their units.
MEASURED = {"DELAY", "INTERVAL", "PATIENCE", "PITCH", "TIMEOUT", "VISIBILITY", "WAIT"}
UNITS = {"SECONDS", "MS", "HERTZ"}


def numeric_constants(path):
    """The constants of a module that are numbers."""
    for node in ast.parse(path.read_text("utf-8")).body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(
            node.value, ast.Constant | ast.BinOp
        ):
            yield from (target.id for target in targets if isinstance(target, ast.Name))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_constant_of_time_names_its_unit(path):
    words = {name: set(name.strip("_").split("_")) for name in numeric_constants(path)}
    assert not [name for name, own in words.items() if own & MEASURED and not own & UNITS]


def test_a_visitor_sees_few_rooms():
    entries = [path.name for path in PACKAGE.iterdir() if path.name != "__pycache__"]
    assert len(entries) <= MOST_ENTRIES, sorted(entries)


def test_what_a_service_sends_back_is_called_a_response():
    names = [node.name for _, node in definitions(ast.ClassDef)]
    assert not [name for name in names if "Answer" in name or "Reply" in name]


def test_no_two_public_classes_share_a_name():
    names = Counter(
        node.name for _, node in definitions(ast.ClassDef) if not node.name.startswith("_")
    )
    assert not [name for name, count in names.items() if count > 1]


def test_a_module_name_recurs_only_for_one_subject_or_as_a_part_of_a_room():
    recurring = {name for name, rooms in modules().items() if len(rooms) > 1}
    known = PARTS_OF_A_ROOM.keys() | SUBJECTS
    assert recurring - known == set()
    assert known - recurring == set(), "these recur no more"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_file_can_be_read_in_one_sitting(path):
    assert len(path.read_text("utf-8").splitlines()) <= MOST_LINES


def test_a_function_fits_on_a_screen():
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    long = [
        f"{path.relative_to(PACKAGE)}:{node.name}"
        for path, node in definitions(kinds)
        if code_lines(node) > MOST_FUNCTION_LINES
    ]
    assert not long


def imported_modules(path):
    """The modules of vidkit that a file imports; what only type checkers see moves nothing."""
    pending, found = list(ast.parse(path.read_text("utf-8")).body), set()
    while pending:
        node = pending.pop()
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            pending += node.orelse
        elif isinstance(node, ast.ImportFrom):
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        else:
            pending += ast.iter_child_nodes(node)
    return found


def rooms_of(folder):
    """The files and folders in a folder, each with those beside it that it imports."""
    prefix = ".".join(("vidkit", *folder.relative_to(PACKAGE).parts))
    rooms = {
        path.stem: {path} if path.is_file() else set(path.rglob("*.py"))
        for path in folder.iterdir()
        if path.suffix == ".py" or path.is_dir()
    }
    rooms.pop("__init__", None)
    rooms.pop("__pycache__", None)
    modules = {f"{prefix}.{name}": name for name in rooms}
    return {
        name: {
            modules[".".join(module.split(".")[: prefix.count(".") + 2])]
            for file in files
            for module in imported_modules(file)
            if ".".join(module.split(".")[: prefix.count(".") + 2]) in modules
        }
        - {name}
        for name, files in rooms.items()
    }


@pytest.mark.parametrize(
    "folder",
    sorted({path.parent for path in FILES}),
    ids=lambda folder: str(folder.relative_to(PACKAGE.parent)),
)
def test_no_rooms_of_a_folder_import_one_another_in_a_circle(folder):
    try:
        TopologicalSorter(rooms_of(folder)).prepare()
    except CycleError as error:
        pytest.fail(f"circle: {' -> '.join(error.args[1])}")


def test_the_page_names_every_room():
    page = (PACKAGE.parent / "docs" / "house.md").read_text("utf-8")
    rooms = [path for path in PACKAGE.iterdir() if path.is_dir() and path.name != "__pycache__"]
    assert not [room.name for room in rooms if f"{room.name}/" not in page]
