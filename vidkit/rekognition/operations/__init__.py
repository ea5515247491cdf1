"""The operations of Rekognition Video, one class per kind of job; the client inherits them all."""
