"""Paginators: one pager for every operation that answers in pages."""

from vidkit.paging.pager import AsyncPager, Page

__all__ = ["AsyncPager", "Page"]
