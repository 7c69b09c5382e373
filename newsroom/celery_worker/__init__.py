"""What a worker needs beyond Celery: ears that do not go deaf, and hands that cannot eat the machine."""
