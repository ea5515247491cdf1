from dataclasses import replace

import pytest

from vidkit.local.signatures.aws import signing_key
from vidkit.local.signatures.aws_chunked import ChunkedBodyError, ChunkKeys, read_chunked

# The example of a chunked upload in the S3 documentation: 65 KiB of the letter a.
CHUNKED_SCOPE = "20130524/us-east-1/s3/aws4_request"
CHUNKED_KEYS = ChunkKeys(
    key=signing_key("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", CHUNKED_SCOPE),
    timestamp="20130524T000000Z",
    scope=CHUNKED_SCOPE,
    seed="4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9",
)
CHUNKS = (
    (65536, "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648"),
    (1024, "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497"),
    (0, "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9"),
)
CHUNKED = b"".join(
    f"{size:x};chunk-signature={signature}\r\n".encode() + b"a" * size + b"\r\n"
    for size, signature in CHUNKS
)
SIGNED_CHUNKS = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
UNSIGNED_CHUNKS = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"


def test_the_published_chunked_example_is_accepted():
    content, trailers = read_chunked(CHUNKED, mode=SIGNED_CHUNKS, keys=CHUNKED_KEYS)
    assert content == b"a" * 66560
    assert trailers == {}


def test_a_changed_chunk_is_rejected():
    changed = CHUNKED.replace(b"a" * 1024 + b"\r\n0;", b"a" * 1023 + b"b\r\n0;")
    with pytest.raises(ChunkedBodyError, match="signature") as caught:
        read_chunked(changed, mode=SIGNED_CHUNKS, keys=CHUNKED_KEYS)
    assert caught.value.forged


# The same upload with a signed trailer.
TRAILED_KEYS = replace(
    CHUNKED_KEYS, seed="106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e"
)
TRAILED_CHUNKS = (
    (65536, "b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2"),
    (1024, "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7"),
)
TRAILED = (
    b"".join(
        f"{size:x};chunk-signature={signature}\r\n".encode() + b"a" * size + b"\r\n"
        for size, signature in TRAILED_CHUNKS
    )
    + b"0;chunk-signature=2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992\r\n"
    + b"x-amz-checksum-crc32c:sOO8/Q==\r\n"
    + b"x-amz-trailer-signature:"
    + b"d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n"
)


def test_the_published_example_of_a_signed_trailer_is_accepted():
    mode = f"{SIGNED_CHUNKS}-TRAILER"
    content, trailers = read_chunked(TRAILED, mode=mode, keys=TRAILED_KEYS)
    assert content == b"a" * 66560
    assert trailers == {"x-amz-checksum-crc32c": "sOO8/Q=="}
    with pytest.raises(ChunkedBodyError, match="signature"):
        read_chunked(TRAILED.replace(b"sOO8", b"sOO9"), mode=mode, keys=TRAILED_KEYS)


def test_unsigned_chunks_with_trailers_are_read():
    body = b"5\r\nhello\r\n1\r\n!\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n"
    content, trailers = read_chunked(body, mode=UNSIGNED_CHUNKS, keys=CHUNKED_KEYS)
    assert content == b"hello!"
    assert trailers == {"x-amz-checksum-crc32": "AAAAAA=="}


@pytest.mark.parametrize(
    ("body", "mode"),
    [
        (b"", UNSIGNED_CHUNKS),
        (b"zz\r\n", UNSIGNED_CHUNKS),
        (b"-1\r\n", UNSIGNED_CHUNKS),
        (b"5\r\nhel", UNSIGNED_CHUNKS),
        (b"3\r\nhello\r\n0\r\n\r\n", UNSIGNED_CHUNKS),
        (CHUNKED, "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD"),
    ],
)
def test_broken_framing_is_rejected(body, mode):
    with pytest.raises(ChunkedBodyError) as caught:
        read_chunked(body, mode=mode, keys=CHUNKED_KEYS)
    assert not caught.value.forged
