"""The rows: the work, the cases that are compared, and the targets."""

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks import measures
from benchmarks import page_measures as pages
from benchmarks.bench import Bench, Size
from benchmarks.kinds import OTHERS
from benchmarks.measures import PEAK
from benchmarks.page_measures import (
    CAPO,
    CAPO_IMAGES,
    COLLECTED,
    PAGES_IN_A_ROW,
    RAW,
    RAW_IMAGES,
    VIDKIT,
)
from benchmarks.results import Aim, Case, RowResult

__all__ = ["ROWS", "Row"]


@dataclass(frozen=True)
class Row:
    """One row: how it is measured, and its targets."""

    number: int
    title: str
    measured: str
    measure: Callable[[Bench], tuple[Case, ...]]
    aims: tuple[Aim, ...]
    size: Size | None = None

    def title_in(self, bench: Bench) -> str:
        """Return the title, with the amount of work if a quick run does less."""
        if not bench.quick or self.size is None:
            return self.title
        return f"{self.title} (quick: {self.size.quick} {self.size.what})"

    def result(self, bench: Bench) -> RowResult:
        """Measure the row."""
        title = self.title_in(bench)
        return RowResult(self.number, title, self.measured, self.measure(bench), self.aims)


_CPU = "CPU of the client process"
_WALL = "wall time"
_IN_A_ROW = f"{PAGES_IN_A_ROW} pages in a row"
_PAGE = f"{_CPU} for a page: the mean of {_IN_A_ROW}"
_PAGE_AND_STALL = f"{_PAGE}; the longest stall of the event loop among them"


def _collected(name: str, ours: str, peer: str, target: float) -> Aim:
    """Return the aim of pages before which garbage is collected."""
    return Aim(f"{name}{COLLECTED}", f"{ours}{COLLECTED}", (f"{peer}{COLLECTED}",), target)


def _streams(name: str, peer: str, target: float) -> Aim:
    """Return the aim of images a second, compared with a peer."""
    image = ", time an image"
    return Aim(
        f"images/s: vidkit / {name}", f"{VIDKIT}{image}", (f"{peer}{image}",), target, at_most=False
    )


ROWS = (
    Row(
        1,
        "page of 1000 faces, all attributes",
        _PAGE,
        pages.faces,
        (
            Aim("typed / raw dict", VIDKIT, (RAW,), 0.20),
            Aim("typed / capo", VIDKIT, (CAPO,), 1),
            _collected("typed / raw dict", VIDKIT, RAW, 0.45),
        ),
    ),
    Row(
        2,
        "page of 1000 labels with instances and parents",
        _PAGE_AND_STALL,
        pages.labels,
        (
            Aim("typed / raw dict", VIDKIT, (RAW,), 0.35),
            Aim("typed / capo", VIDKIT, (CAPO,), 1),
            _collected("typed / raw dict", VIDKIT, RAW, 0.50),
        ),
    ),
    Row(
        3,
        "25 images of 100 kB, decoded",
        _PAGE_AND_STALL,
        pages.images,
        (
            Aim("bytes / raw dict + base64", VIDKIT, (RAW_IMAGES,), 0.20),
            Aim("bytes / capo + base64", VIDKIT, (CAPO_IMAGES,), 1),
            _collected("bytes / raw dict + base64", VIDKIT, RAW_IMAGES, 0.30),
        ),
    ),
    Row(
        4,
        "memory of the page of 1000 faces",
        "bytes kept, as tracemalloc counts",
        pages.memory,
        (
            Aim("typed / dict", VIDKIT, (RAW,), 0.55),
            Aim("typed / capo", VIDKIT, (CAPO,), 1),
        ),
    ),
    Row(
        5,
        "longest stall of the event loop during pages of 1000 faces",
        f"{_WALL}: the longest stall of {_IN_A_ROW}",
        pages.stalls,
        (
            Aim("vidkit / raw aiobotocore", VIDKIT, (RAW,), 0.20),
            Aim("vidkit / capo", VIDKIT, (CAPO,), 1),
            _collected("vidkit / raw aiobotocore", VIDKIT, RAW, 0.45),
        ),
    ),
    Row(
        6,
        "small call: get a policy",
        _CPU,
        measures.small_calls,
        (
            Aim("vidkit / raw aiobotocore", VIDKIT, (RAW,), 0.60),
            Aim("vidkit / capo", VIDKIT, (CAPO,), 0.80),
        ),
    ),
    Row(
        7,
        "600 images over 10 minutes, 500 ms a page",
        _WALL,
        measures.images_over_minutes,
        (
            Aim(
                "page after page / vidkit, concurrency=24",
                "vidkit, concurrency=24",
                ("aiobotocore, page after page",),
                8,
                at_most=False,
            ),
        ),
        measures.IMAGES,
    ),
    Row(
        8,
        "50 pages of 1000 labels, 50 ms a page, 20 ms of work between two",
        _WALL,
        measures.label_pages,
        (
            Aim(
                "vidkit one after another / prefetch",
                "vidkit, pages()",
                ("vidkit, one after another",),
                1.25,
                at_most=False,
            ),
            Aim(
                "aiobotocore one after another / prefetch",
                "vidkit, pages()",
                ("aiobotocore, one after another",),
                1.25,
                at_most=False,
            ),
        ),
        measures.PAGES,
    ),
    Row(
        9,
        "list of 1000 policies, 20 ms a page",
        _WALL,
        measures.policies,
        (
            Aim(
                "default page size / vidkit",
                "vidkit",
                ("aiobotocore, default page size",),
                50,
                at_most=False,
            ),
        ),
        measures.POLICIES,
    ),
    Row(
        10,
        "500 MPC creates, no delay",
        f"{_WALL} of a call",
        measures.creates,
        (
            Aim(
                "calls/s: vidkit / best official mode",
                "vidkit",
                ("MpcClient, 32 threads", "MpcAsyncClient", "MpcClient, one after another"),
                3.5,
                at_most=False,
            ),
        ),
        measures.CREATES,
    ),
    Row(
        11,
        "500 MPC creates, 50 ms delay",
        f"{_WALL} of a call",
        measures.slow_creates,
        (
            Aim(
                "calls/s: vidkit / official async client",
                "vidkit",
                ("MpcAsyncClient",),
                5,
                at_most=False,
            ),
        ),
        measures.SLOW_CREATES,
    ),
    Row(
        12,
        "import",
        f"{_CPU}, a fresh one each",
        measures.imports,
        (
            Aim(
                "import vidkit / aiobotocore.session",
                "import vidkit",
                ("import aiobotocore.session",),
                0.10,
            ),
            Aim(
                "from vidkit import VidKit / aiobotocore.session",
                "from vidkit import VidKit",
                ("import aiobotocore.session",),
                0.35,
            ),
        ),
    ),
    Row(
        13,
        "first AWS call of a cold process",
        f"{_CPU} from its start; peak memory; {_WALL} and its stages",
        measures.first_calls,
        (
            Aim("CPU: vidkit / raw aiobotocore", VIDKIT, (RAW,), 1.10),
            Aim("memory: vidkit / raw aiobotocore", f"{VIDKIT}{PEAK}", (f"{RAW}{PEAK}",), 1.05),
        ),
    ),
    Row(
        14,
        "longest stall of the event loop while the first AWS client is made",
        f"{_WALL}, a fresh process each",
        measures.first_stalls,
        (Aim("vidkit / raw aiobotocore", "vidkit", (RAW,), 0.5),),
    ),
    Row(
        15,
        "1000 jobs of a minute, from start to results",
        f"{_CPU} for a job",
        measures.jobs,
        (
            Aim(
                "completion queue / polling every 5 s",
                "vidkit, completion queue",
                ("aiobotocore, polling",),
                0.12,
            ),
        ),
        measures.JOBS,
    ),
    Row(
        16,
        "100 streams at once: one kit, or 100 clients",
        f"{_WALL} of an image; peak memory",
        measures.streams,
        (
            _streams("aiobotocore", RAW, 3.2),
            _streams("capo", CAPO, 1),
            Aim("memory: vidkit / aiobotocore", f"{VIDKIT}{PEAK}", (f"{RAW}{PEAK}",), 0.9),
        ),
        measures.STREAM_IMAGES,
    ),
    Row(
        17,
        "ten times as many items, streams, jobs",
        f"{_CPU} of each",
        measures.growth,
        tuple(
            Aim(f"{kind}: time of one, many / few", f"{kind}, many", (f"{kind}, few",), 1.1)
            for kind in ("items", "streams", "jobs")
        ),
        measures.TIMES,
    ),
    Row(
        18,
        "pages of 1000 results of the other kinds",
        _PAGE_AND_STALL,
        pages.other_kinds,
        tuple(
            Aim(f"{noun}: typed / raw dict", f"{noun}: {VIDKIT}", (f"{noun}: {RAW}",), 0.40)
            for noun in OTHERS
        ),
    ),
)
