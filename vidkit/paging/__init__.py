"""Paginators: one pager for every operation that returns pages."""

from vidkit.paging.pager import AsyncPager
from vidkit.paging.pages import Page

__all__ = ["AsyncPager", "Page"]
