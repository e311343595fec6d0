import os

bind = "127.0.0.1:" + os.environ["PORT"]
workers = 1
# The kind of worker that keeps connections open; the default one closes them after each answer, and takes no more than one at a time.
worker_class = "gthread"
threads = 10
worker_connections = 1000
keepalive = 30
