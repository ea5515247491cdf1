"""One create of AWS and one of Huawei Cloud, which must not be carried out twice."""

from vidkit.mpc import ObsObjInfo, ThumbnailPara

_PLACE = {"bucket": "bucket", "location": "cn-north-4"}


def create_policy(kit):
    return kit.ivs.create_playback_restriction_policy(name="x")


def create_task(kit):
    return kit.mpc.create_thumbnails_task(
        input=ObsObjInfo(object="a.mp4", **_PLACE),
        output=ObsObjInfo(object="out", **_PLACE),
        thumbnail_para=ThumbnailPara(type="TIME", time=2),
    )
