"""Completion notifications of jobs over SNS and SQS: the queue, its messages and its setup."""
