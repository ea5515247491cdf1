"""Paginators: one pager for every operation that answers in pages."""

from vidkit.paging.pager import AsyncPager
from vidkit.paging.pages import Page

__all__ = ["AsyncPager", "Page"]
