"""SNS and SQS: topics, queues, and what goes from one to the other."""
