"""Paginators: one pager for every operation that returns pages."""

from typing import TYPE_CHECKING

from vidkit._internal.lazy_imports import lazy_names

if TYPE_CHECKING:
    from vidkit.paging.pager import AsyncPager
    from vidkit.paging.pages import Page, PageSource, TokenPages

__all__ = ["AsyncPager", "Page", "PageSource", "TokenPages"]

if not TYPE_CHECKING:
    __getattr__, __dir__ = lazy_names(
        globals(),
        {
            "vidkit.paging.pager": "AsyncPager",
            "vidkit.paging.pages": "Page PageSource TokenPages",
        },
    )
