"""Calls whose arguments do not fit a signature."""

import pytest

from vidkit import ConfigError, RequestError, VidKitError
from vidkit._internal.arguments import checked_arguments, checked_constructor


@pytest.fixture
def cut():
    @checked_arguments
    def cut(video, *, start, end=None):
        """Cut a video."""
        if start == "broken":
            raise TypeError("from inside")
        return video, start, end

    return cut


def test_an_operation_that_is_called_well_is_the_function(cut):
    assert cut("v", start=1) == ("v", 1, None)
    assert cut(video="v", start=1, end=2) == ("v", 1, 2)
    assert (cut.__name__, cut.__doc__) == ("cut", "Cut a video.")


@pytest.mark.parametrize(
    ("arguments", "named", "words"),
    [
        (("v",), {"start": 1, "ned": 2}, "'ned'"),
        (("v",), {}, "'start'"),
        (("v", 1), {}, "too many positional"),
    ],
)
def test_an_operation_names_what_does_not_fit_and_what_there_is(cut, arguments, named, words):
    with pytest.raises(RequestError) as caught:
        cut(*arguments, **named)
    assert caught.value.message.startswith("cut: ")
    assert words in caught.value.message
    assert caught.value.message.endswith("; parameters are video, start, end")
    assert isinstance(caught.value.__cause__, TypeError)


def test_a_type_error_from_inside_an_operation_is_not_taken_for_the_callers(cut):
    with pytest.raises(TypeError, match="from inside") as caught:
        cut("v", start="broken")
    assert not isinstance(caught.value, VidKitError)


def option(error):
    @checked_constructor(error)
    class Option:
        """An option."""

        def __init__(self, size, *, unit="s"):
            """Take a size."""
            self.size, self.unit = size + 0, unit

    return Option


def test_a_constructor_that_is_called_well_is_the_classs_own():
    cls = option(ConfigError)
    assert (cls.__name__, cls.__doc__) == ("Option", "An option.")
    assert (cls(3, unit="ms").size, cls(3, unit="ms").unit) == (3, "ms")
    assert cls.__init__.__doc__ == "Take a size."


@pytest.mark.parametrize("error", [ConfigError, RequestError])
def test_a_constructor_names_what_does_not_fit_and_what_there_is(error):
    cls = option(error)
    for make in (lambda: cls(1, unti="ms"), cls, lambda: cls(1, 2)):
        with pytest.raises(error) as caught:
            make()
        assert caught.value.message.startswith("Option: ")
        assert caught.value.message.endswith("; parameters are size, unit")
        assert isinstance(caught.value.__cause__, TypeError)


def test_a_type_error_from_inside_a_constructor_is_not_taken_for_the_callers():
    with pytest.raises(TypeError) as caught:
        option(ConfigError)("text")
    assert not isinstance(caught.value, VidKitError)
