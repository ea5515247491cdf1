"""The methods of ``LocalCloud`` that set the services up, by subject."""
