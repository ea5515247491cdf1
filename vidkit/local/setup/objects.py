"""Set-up of objects, and of the buckets that MPC may use."""

from pathlib import Path

from vidkit.local.mpc.state import MpcState
from vidkit.local.objects.state import ObjectsState, StoredObject
from vidkit.local.setup.base import Setup


class ObjectSetup(Setup):
    """Set-up of objects, and of the buckets that MPC may use."""

    def add_object(self, bucket: str, name: str, content: str | Path | bytes) -> StoredObject:
        """Store an object for S3 and OBS clients, jobs and tasks.

        Args:
            bucket: the bucket, created when it does not exist.
            name: the object's key; an existing object of that key is replaced.
            content: the bytes, or the path of a file, which is read again at each access.

        Raises:
            ValueError: the bucket or the key is empty.
            FileNotFoundError: the file does not exist.
        """
        if not bucket or not name:
            raise ValueError("bucket and name must not be empty")
        if not isinstance(content, bytes):
            content = Path(content).absolute()
            if not content.is_file():
                raise FileNotFoundError(f"there is no file {content}")
        stored = StoredObject(bucket, name, content, self._state.now())
        kept = self._state.of(ObjectsState)
        kept.buckets.add(bucket)
        kept.objects[bucket, name] = stored
        return stored

    def read_object(self, bucket: str, name: str) -> bytes:
        """The bytes of an object.

        Raises:
            KeyError: the object does not exist.
        """
        return self._state.of(ObjectsState).objects[bucket, name].read()

    def object_names(self, bucket: str, prefix: str = "") -> list[str]:
        """The sorted keys of a bucket's objects that begin with ``prefix``."""
        return sorted(
            name
            for owner, name in self._state.of(ObjectsState).objects
            if owner == bucket and name.startswith(prefix)
        )

    def forbid_bucket(self, bucket: str) -> None:
        """Take away MPC's permission to read a bucket and to write to it."""
        self._state.of(MpcState).forbidden_buckets.add(bucket)

    def permit_bucket(self, bucket: str) -> None:
        """Give MPC its permission for a bucket back."""
        self._state.of(MpcState).forbidden_buckets.discard(bucket)
