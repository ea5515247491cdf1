"""SNS and SQS: topics, subscriptions and queues."""
