"""What boto3 asks of Rekognition in the tests of the vendors' own clients."""

VIDEO = {"S3Object": {"Bucket": "bucket", "Name": "clip.mp4"}}
BOX = {"Left": 0.1, "Top": 0.2, "Width": 0.3, "Height": 0.4}
FACE = {"BoundingBox": BOX, "Confidence": 99.5}
JOBS = [
    (
        "label_detection",
        {"MinConfidence": 60},
        "Labels",
        {"Timestamp": 40, "Label": {"Name": "Boat", "Confidence": 90.5}},
    ),
    (
        "face_detection",
        {"FaceAttributes": "ALL"},
        "Faces",
        {"Timestamp": 40, "Face": {**FACE, "Smile": {"Value": True, "Confidence": 80.5}}},
    ),
    (
        "face_search",
        {"CollectionId": "family", "FaceMatchThreshold": 70},
        "Persons",
        {
            "Timestamp": 40,
            "Person": {"Index": 1, "BoundingBox": BOX, "Face": FACE},
            "FaceMatches": [{"Similarity": 75.5, "Face": {"FaceId": "f" * 36}}],
        },
    ),
    (
        "person_tracking",
        {},
        "Persons",
        {"Timestamp": 40, "Person": {"Index": 1, "BoundingBox": BOX}},
    ),
    (
        "celebrity_recognition",
        {},
        "Celebrities",
        {"Timestamp": 40, "Celebrity": {"Id": "1a", "Name": "Somebody", "Face": FACE}},
    ),
    (
        "content_moderation",
        {"MinConfidence": 60},
        "ModerationLabels",
        {
            "Timestamp": 40,
            "ModerationLabel": {"Name": "Smoking", "ParentName": "Tobacco", "Confidence": 70.5},
        },
    ),
    (
        "text_detection",
        {"Filters": {"WordFilter": {"MinConfidence": 50}}},
        "TextDetections",
        {
            "Timestamp": 40,
            "TextDetection": {
                "DetectedText": "EXIT",
                "Type": "WORD",
                "Id": 1,
                "Confidence": 60.5,
                "Geometry": {"BoundingBox": BOX, "Polygon": [{"X": 0.1, "Y": 0.2}]},
            },
        },
    ),
]

ROLE = "arn:aws:iam::123456789012:role/r"
INPUT = {"KinesisVideoStream": {"Arn": "arn:aws:kinesisvideo:us-east-1:123456789012:stream/door/1"}}
PROCESSORS = {
    "faces": (
        {
            "Output": {
                "KinesisDataStream": {"Arn": "arn:aws:kinesis:us-east-1:123456789012:stream/out"}
            },
            "Settings": {"FaceSearch": {"CollectionId": "family", "FaceMatchThreshold": 85.5}},
        },
        {},
        "RUNNING",
    ),
    "home": (
        {
            "Output": {"S3Destination": {"Bucket": "results"}},
            "Settings": {"ConnectedHome": {"Labels": ["PERSON"], "MinConfidence": 60.5}},
            "NotificationChannel": {"SNSTopicArn": "arn:aws:sns:us-east-1:123456789012:home"},
            "RegionsOfInterest": [{"BoundingBox": BOX}],
        },
        {
            "StartSelector": {"KVSStreamStartSelector": {"FragmentNumber": "1"}},
            "StopSelector": {"MaxDurationInSeconds": 1},
        },
        "STOPPED",
    ),
}
