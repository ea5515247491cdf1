// The AWS SDK for JavaScript against a running local cloud; prints a line for each call.
import { IvsClient, CreateChannelCommand, GetChannelCommand, ListChannelsCommand } from "@aws-sdk/client-ivs";
import { KinesisVideoClient, GetDataEndpointCommand } from "@aws-sdk/client-kinesis-video";
import { RekognitionClient, StartFaceDetectionCommand } from "@aws-sdk/client-rekognition";
import { S3Client, GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { SNSClient, CreateTopicCommand, PublishBatchCommand } from "@aws-sdk/client-sns";
import { SQSClient, CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { STSClient, GetCallerIdentityCommand } from "@aws-sdk/client-sts";

const options = { endpoint: process.env.AWS_ENDPOINT_URL, region: process.env.AWS_REGION, maxAttempts: 1 };
const row = (call, result) =>
  console.log(["AWS SDK for JavaScript v3", call, result.replace(/\s+/g, " ").slice(0, 200)].join("\t"));
async function check(call, work, code) {
  try {
    await work();
    row(call, code ? `no ${code}` : "ok");
  } catch (error) {
    row(call, code && error.name === code ? "ok" : `${error.name}: ${error.message}`);
  }
}
const [ivs, s3, sns, sqs] = [IvsClient, S3Client, SNSClient, SQSClient].map(
  (Client) => new Client({ ...options, forcePathStyle: true }),
);
const missing = "arn:aws:ivs:us-east-1:123456789012:channel/abcdefABCDEF";
await check("IVS create and list channels", async () => {
  await ivs.send(new CreateChannelCommand({ name: "js" }));
  await ivs.send(new ListChannelsCommand({}));
});
await check("IVS error", () => ivs.send(new GetChannelCommand({ arn: missing })), "ResourceNotFoundException");
await check("Kinesis Video data endpoint", () =>
  new KinesisVideoClient(options).send(new GetDataEndpointCommand({ StreamName: "door", APIName: "GET_IMAGES" })));
await check("Rekognition start", () =>
  new RekognitionClient(options).send(
    new StartFaceDetectionCommand({ Video: { S3Object: { Bucket: "videos", Name: "clip.mp4" } } })));
await check("objects put, get, list", async () => {
  await s3.send(new PutObjectCommand({ Bucket: "videos", Key: "js.txt", Body: "hello" }));
  const found = await s3.send(new GetObjectCommand({ Bucket: "videos", Key: "js.txt" }));
  if ((await found.Body.transformToString()) !== "hello") throw new Error("another body");
  await s3.send(new ListObjectsV2Command({ Bucket: "videos" }));
});
await check("objects put where one is", () =>
  s3.send(new PutObjectCommand({ Bucket: "videos", Key: "js.txt", Body: "again", IfNoneMatch: "*" })), "PreconditionFailed");
await check("objects in another storage class are NotImplemented", () =>
  s3.send(new PutObjectCommand({ Bucket: "videos", Key: "js.txt", StorageClass: "GLACIER" })), "NotImplemented");
await check("objects put and get with presigned URLs", async () => {
  const named = { Bucket: "videos", Key: "signed.txt" };
  const target = await getSignedUrl(s3, new PutObjectCommand({ ...named, Metadata: { one: "two" } }));
  const put = await fetch(target, { method: "PUT", body: "hello" });
  if (!put.ok) throw new Error(await put.text());
  const found = await fetch(await getSignedUrl(s3, new GetObjectCommand({ ...named, ResponseContentType: "text/x" })));
  const seen = [await found.text(), found.headers.get("x-amz-meta-one"), found.headers.get("content-type")];
  if (seen.join() !== "hello,two,text/x") throw new Error(seen.join());
});
await check("SNS publish batch", async () => {
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: "js" }));
  const entries = [{ Id: "1", Message: "m" }];
  const found = await sns.send(new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries: entries }));
  if (found.Successful.length !== 1) throw new Error("not published");
});
await check("SQS send and receive", async () => {
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "js" }));
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "m" }));
  const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
  if (Messages[0].Body !== "m") throw new Error("another body");
});
await check("error of a service that is not here", () =>
  new STSClient(options).send(new GetCallerIdentityCommand({})), "UnknownOperationException");
