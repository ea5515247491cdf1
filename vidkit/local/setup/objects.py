"""What objects there are, and which buckets MPC may use."""

from pathlib import Path

from vidkit.local.runtime.state import StoredObject
from vidkit.local.setup.base import Setup


class ObjectSetup(Setup):
    """What objects there are, and which buckets MPC may use."""

    def add_object(self, bucket: str, name: str, content: str | Path | bytes) -> StoredObject:
        """Put an object where S3 and OBS clients, jobs and tasks find it.

        Args:
            bucket: the bucket, made when it is not there.
            name: the object's key; an object of that key is replaced.
            content: the bytes, or the path of a file, which is read anew each time.

        Raises:
            ValueError: the bucket or the key is empty.
            FileNotFoundError: there is no such file.
        """
        if not bucket or not name:
            raise ValueError("bucket and name must not be empty")
        if not isinstance(content, bytes):
            content = Path(content).absolute()
            if not content.is_file():
                raise FileNotFoundError(f"there is no file {content}")
        stored = StoredObject(bucket, name, content, self._state.now())
        self._state.buckets.add(bucket)
        self._state.objects[bucket, name] = stored
        return stored

    def read_object(self, bucket: str, name: str) -> bytes:
        """The bytes of an object.

        Raises:
            KeyError: there is no such object.
        """
        return self._state.objects[bucket, name].read()

    def object_names(self, bucket: str, prefix: str = "") -> list[str]:
        """The sorted keys of a bucket's objects that begin with ``prefix``."""
        return sorted(
            name
            for owner, name in self._state.objects
            if owner == bucket and name.startswith(prefix)
        )

    def forbid_bucket(self, bucket: str) -> None:
        """Let MPC have no permission for a bucket, neither to read it nor to write to it."""
        self._state.forbidden_buckets.add(bucket)

    def permit_bucket(self, bucket: str) -> None:
        """Give MPC back its permission for a bucket."""
        self._state.forbidden_buckets.discard(bucket)
