"""Laws of the local IVS: it does what a simple account of dictionaries does."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
)
from hypothesis_profiles import examples

from vidkit.local.ivs import tags
from vidkit.local.ivs.account import IvsAccount
from vidkit.local.ivs.channels import Channels
from vidkit.local.ivs.policies import Policies
from vidkit.local.ivs.store import Pages
from vidkit.local.ivs.streams import Streams, end_stream, go_live
from vidkit.local.protocol.wire import ApiError
from vidkit.local.runtime.state import Identity, State

T0 = datetime(2026, 5, 1, tzinfo=UTC)
STOP_SECONDS = 10
NAMES = st.sampled_from(["a", "b", "c"])
TAGS = st.dictionaries(st.sampled_from(["k1", "k2", "k3"]), st.sampled_from(["", "v"]), max_size=3)


def make_channels():
    state = State(Identity())
    return state, Channels(state, Pages())


@given(st.data(), st.booleans())
@settings(max_examples=examples(60), deadline=None)
def test_pages_lose_and_repeat_nothing_when_channels_are_added_and_removed(data, filtered):
    _, channels = make_channels()
    named = {"name": "wanted"} if filtered else {}
    asked = {"filterByName": "wanted"} if filtered else {}

    def create(count):
        made = [channels.create(named)["channel"]["arn"] for _ in range(count)]
        if filtered:
            channels.create({"name": "other"})
        return made

    there = create(data.draw(st.integers(0, 8)))
    lasting, known, seen = set(there), set(there), []
    request = asked
    while True:
        page = channels.list_channels({**request, "maxResults": data.draw(st.integers(1, 4))})
        seen += [channel["arn"] for channel in page["channels"]]
        if "nextToken" not in page:
            break
        request = {**asked, "nextToken": page["nextToken"]}
        for arn in data.draw(st.lists(st.sampled_from(there), unique=True)) if there else []:
            channels.delete({"arn": arn})
            there.remove(arn)
            lasting.discard(arn)
        new = create(data.draw(st.integers(0, 3)))
        there += new
        known |= set(new)
    assert len(seen) == len(set(seen))
    assert lasting <= set(seen) <= known


@given(st.lists(st.integers(0, 3), max_size=6), st.integers(1, 4))
@settings(max_examples=examples(40), deadline=None)
def test_pages_of_sessions_contain_the_existing_ones_and_no_later_ones(began, size):
    state, channels = make_channels()
    streams = Streams(state, Pages())
    arn = channels.create({})["channel"]["arn"]

    def broadcast():
        stream_id = go_live(state, arn)
        end_stream(state, arn)
        return stream_id

    ids = [broadcast() for _ in range(9)]
    seen, request, later = [], {}, iter(began)
    while True:
        page = streams.list_sessions({"channelArn": arn, "maxResults": size, **request})
        seen += [session["streamId"] for session in page["streamSessions"]]
        if "nextToken" not in page:
            break
        request = {"nextToken": page["nextToken"]}
        for _ in range(next(later, 0)):
            broadcast()
    assert seen == ids[::-1]


class IvsMachine(RuleBasedStateMachine):
    """Channels, policies, tags and streams beside the simplest account that could be right."""

    channels_there = Bundle("channels_there")
    policies_there = Bundle("policies_there")

    @initialize()
    def open_account(self):
        self.now = T0
        self.state = State(Identity(), now=lambda: self.now)
        self.account = self.state.of(IvsAccount)
        self.account.stop_seconds = STOP_SECONDS
        pages = Pages()
        self.channels = Channels(self.state, pages)
        self.policies = Policies(self.state, pages)
        self.streams = Streams(self.state, pages)
        self.known = {}  # arn: name, policy, tags
        self.ids = {}  # arn: stream ids, oldest first
        self.live_until = {}  # arn: when it ceases to be live; None for not in sight
        self.known_policies = []

    def is_live(self, arn):
        return arn in self.live_until and (
            self.live_until[arn] is None or self.now < self.live_until[arn]
        )

    def refused(self, code, function, *arguments):
        with pytest.raises(ApiError) as caught:
            function(*arguments)
        assert caught.value.code == code

    @rule(target=channels_there, name=NAMES, given=TAGS)
    def create_channel(self, name, given):
        arn = self.channels.create({"name": name, "tags": given})["channel"]["arn"]
        assert arn not in self.known
        self.known[arn] = {"name": name, "playbackRestrictionPolicyArn": "", "tags": given}
        self.ids[arn] = []
        return arn

    @rule(target=policies_there)
    def create_policy(self):
        arn = self.policies.create({})["playbackRestrictionPolicy"]["arn"]
        self.known_policies.append(arn)
        return arn

    @rule(arn=channels_there, name=NAMES)
    def rename(self, arn, name):
        self.update(arn, {"name": name})

    @rule(arn=channels_there, policy=policies_there)
    def attach(self, arn, policy):
        self.update(arn, {"playbackRestrictionPolicyArn": policy})

    @rule(arn=channels_there)
    def detach(self, arn):
        self.update(arn, {"playbackRestrictionPolicyArn": ""})

    def update(self, arn, changes):
        if self.is_live(arn):
            self.refused("ConflictException", self.channels.update, {"arn": arn, **changes})
        else:
            self.channels.update({"arn": arn, **changes})
            self.known[arn].update(changes)

    @rule(target=channels_there, arn=consumes(channels_there))
    def delete_channel(self, arn):
        if self.is_live(arn):
            self.refused("ConflictException", self.channels.delete, {"arn": arn})
            return arn
        self.channels.delete({"arn": arn})
        del self.known[arn], self.ids[arn]
        self.refused("ResourceNotFoundException", self.channels.get, {"arn": arn})
        self.refused("ResourceNotFoundException", self.streams.stop, {"channelArn": arn})
        return multiple()

    @rule(target=policies_there, arn=consumes(policies_there))
    def delete_policy(self, arn):
        if any(arn == each["playbackRestrictionPolicyArn"] for each in self.known.values()):
            self.refused("ConflictException", self.policies.delete, {"arn": arn})
            return arn
        self.policies.delete({"arn": arn})
        self.known_policies.remove(arn)
        return multiple()

    @rule(arn=channels_there, given=TAGS)
    def tag(self, arn, given):
        tags.tag(self.account, {"resourceArn": arn, "tags": given})
        self.known[arn]["tags"] = {**self.known[arn]["tags"], **given}

    @rule(arn=channels_there, keys=st.lists(st.sampled_from(["k1", "k2"]), min_size=1))
    def untag(self, arn, keys):
        tags.untag(self.account, {"resourceArn": arn, "tagKeys": keys})
        kept = {key: value for key, value in self.known[arn]["tags"].items() if key not in keys}
        self.known[arn]["tags"] = kept

    @rule(arn=channels_there)
    def begin(self, arn):
        if self.is_live(arn):
            with pytest.raises(ValueError, match="live already"):
                go_live(self.state, arn)
        else:
            self.ids[arn].append(go_live(self.state, arn))
            self.live_until[arn] = None

    @rule(arn=channels_there)
    def stop(self, arn):
        if not self.is_live(arn):
            self.refused("ChannelNotBroadcasting", self.streams.stop, {"channelArn": arn})
            return
        self.streams.stop({"channelArn": arn})
        if self.live_until[arn] is None:
            self.live_until[arn] = self.now + timedelta(seconds=STOP_SECONDS)

    @rule(arn=channels_there)
    def leave(self, arn):
        if self.is_live(arn):
            end_stream(self.state, arn)
            self.live_until[arn] = self.now
        else:
            with pytest.raises(ValueError, match="not live"):
                end_stream(self.state, arn)

    @rule(seconds=st.sampled_from([1, STOP_SECONDS - 1, STOP_SECONDS]))
    def wait(self, seconds):
        self.now += timedelta(seconds=seconds)

    @invariant()
    def channels_are_as_expected(self):
        shown = self.channels.list_channels({})["channels"]
        assert [each["arn"] for each in shown] == list(self.known)
        for each in shown:
            expected = self.known[each["arn"]]
            assert {name: each[name] for name in expected} == expected
            assert self.channels.get({"arn": each["arn"]})["channel"]["tags"] == expected["tags"]

    @invariant()
    def policies_are_as_expected(self):
        page = self.policies.list_policies({"maxResults": 100})
        shown = [each["arn"] for each in page["playbackRestrictionPolicies"]]
        assert shown == self.known_policies

    @invariant()
    def sessions_are_as_expected(self):
        for arn, ids in self.ids.items():
            shown = self.streams.list_sessions({"channelArn": arn})["streamSessions"]
            assert [each["streamId"] for each in shown] == ids[::-1]
            open_ended = [each["streamId"] for each in shown if "endTime" not in each]
            assert open_ended == (ids[-1:] if self.is_live(arn) else [])


IvsMachine.TestCase.settings = settings(
    max_examples=examples(40), stateful_step_count=30, deadline=None
)
TestIvsMachine = IvsMachine.TestCase
