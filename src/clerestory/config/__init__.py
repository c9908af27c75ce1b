"""What a process is started with: settings from the environment, and nothing else reads it."""
