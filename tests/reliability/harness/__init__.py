"""What the experiments share: a server to start and kill, a client that pipelines, and the auditor."""
