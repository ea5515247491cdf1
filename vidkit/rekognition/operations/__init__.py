"""The operations of Rekognition Video, by kind; the client is put together from them."""
